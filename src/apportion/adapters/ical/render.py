"""Milestones to an iCalendar file that any calendar can subscribe to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

OCTETS_A_LINE = 75  # longer lines are folded
PRODUCT = "-//Apportion//Milestones//EN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """One instant worth a place in a calendar; its uid stays when its instant moves."""

    uid: str
    name: str
    at: datetime
    note: str = ""


def render_calendar(name: str, milestones: Sequence[Milestone], *, stamped_at: datetime) -> str:
    """Writes a calendar of milestones: instants without a length, in UTC.

    Source: RFC 5545; X-WR-CALNAME is what calendars show as the name.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escape(name)}",
    ]
    for one in milestones:
        lines += _event(one, stamped_at)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in fold(line))


def escape(text: str) -> str:
    """Makes a text safe as a value: what has a meaning is escaped, control signs are dropped."""
    for sign, written in (
        ("\\", "\\\\"),
        (";", "\\;"),
        (",", "\\,"),
        ("\r\n", "\n"),
        ("\n", "\\n"),
    ):
        text = text.replace(sign, written)
    return "".join(sign for sign in text if sign.isprintable())


def fold(line: str) -> list[str]:
    """Cuts a line into pieces of at most 75 octets, never inside a sign; all but the first begin with a space."""
    pieces, piece = [], ""
    for sign in line:
        if len((piece + sign).encode()) > OCTETS_A_LINE:
            pieces.append(piece)
            piece = " "
        piece += sign
    return [*pieces, piece]


def _event(one: Milestone, stamped_at: datetime) -> list[str]:
    lines = [
        "BEGIN:VEVENT",
        f"UID:{escape(one.uid)}",
        f"DTSTAMP:{_instant(stamped_at)}",
        f"DTSTART:{_instant(one.at)}",
        f"SUMMARY:{escape(one.name)}",
        "TRANSP:TRANSPARENT",
    ]
    if one.note:
        lines.append(f"DESCRIPTION:{escape(one.note)}")
    return [*lines, "END:VEVENT"]


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
