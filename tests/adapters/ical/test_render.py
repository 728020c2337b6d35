"""Calendars: read back by a strict reader of RFC 5545, whatever the names hold."""

import re
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from apportion.adapters.ical.render import Milestone, fold, render_calendar

AT = datetime(2026, 3, 9, 9, 30, tzinfo=UTC)
LINE = re.compile(r"([A-Z-]+)((?:;[A-Z-]+=[^;:]+)*):(.*)")
ONCE = {"UID", "DTSTAMP", "DTSTART", "SUMMARY"}


def read_calendar(text):
    """Reads a calendar as strictly as the standard is: line ends, folds, octets, nesting, escapes."""
    assert text.endswith("\r\n")
    raw = text[:-2].split("\r\n")
    assert all("\n" not in line and "\r" not in line for line in raw)
    assert all(len(line.encode()) <= 75 for line in raw)
    lines = []
    for line in raw:
        if line.startswith(" "):
            lines[-1] += line[1:]
        else:
            lines.append(line)
    parsed = [(found[1], found[3]) for found in map(LINE.fullmatch, lines)]
    assert parsed[0] == ("BEGIN", "VCALENDAR")
    assert parsed[-1] == ("END", "VCALENDAR")
    head = dict(
        parsed[: [name for name, _ in parsed].index("BEGIN", 1)] if len(parsed) > 7 else parsed
    )
    assert head["VERSION"] == "2.0"
    assert head["PRODID"]
    events, event = [], None
    for name, value in parsed[1:-1]:
        if (name, value) == ("BEGIN", "VEVENT"):
            event = {}
        elif (name, value) == ("END", "VEVENT"):
            assert event.keys() >= ONCE
            events.append(event)
            event = None
        elif event is not None:
            assert name not in event
            event[name] = unescape(value)
    assert event is None
    assert len({one["UID"] for one in events}) == len(events)
    return events


def unescape(value):
    assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", value)
    signs = {"n": "\n", "\\": "\\", ";": ";", ",": ","}
    return re.sub(r"\\(.)", lambda found: signs[found[1]], value)


def test_a_milestone_is_an_instant_in_utc_under_a_name_that_stays():
    text = render_calendar("Spring", [Milestone(uid="s.close", name="Close", at=AT)], stamped_at=AT)
    (event,) = read_calendar(text)
    assert (event["UID"], event["DTSTART"]) == ("s.close", "20260309T093000Z")


@given(st.lists(st.text(max_size=120), max_size=4))
def test_any_name_comes_back_as_it_was_but_for_signs_that_nobody_sees(names):
    milestones = [Milestone(uid=f"m{n}", name=name, at=AT) for n, name in enumerate(names)]
    events = read_calendar(render_calendar("All, of; them\\", milestones, stamped_at=AT))
    for event, name in zip(events, names, strict=True):
        seen = "".join(s for s in name if s.isprintable() or s == "\n")
        assert event["SUMMARY"].replace("\n", "") == seen.replace("\n", "")


@given(st.text(max_size=300))
def test_folding_loses_no_sign_and_cuts_none_in_two(line):
    pieces = fold(line)
    assert pieces[0] + "".join(piece[1:] for piece in pieces[1:]) == line
    assert all(len(piece.encode()) <= 75 for piece in pieces)
