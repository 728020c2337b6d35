"""How soon, when again, and where never: pure rules."""

from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.core.faults import BadInput
from apportion.core.notice.paces import RULES, About, Pace, digest_day, pace_of, silenced_by
from apportion.core.notice.places import parse_networks, parse_place, why_not
from apportion.core.notice.trying import WAITS_SECONDS, next_try
from apportion.core.notice.wording import (
    LONGEST_BODY,
    LONGEST_SUBJECT,
    clean_body,
    one_line,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECURE = parse_place("https://x.example/")


@given(st.dictionaries(st.text(), st.text() | st.sampled_from(Pace)), st.sampled_from(About))
def test_nobody_is_kept_from_what_was_decided_about_them(chosen, about):
    pace = pace_of(about, chosen)
    assert about not in RULES or pace in RULES[about].may
    if about in {About.DECISION, About.APPEAL, About.CHANGE, About.WINDDOWN}:
        assert pace is not Pace.OFF
        assert about not in silenced_by("digest")
        assert silenced_by(about.value) == ()


@given(st.text(max_size=20))
def test_tries_come_later_and_later_and_end_after_two_days(key):
    at = NOW
    for tries in range(1, len(WAITS_SECONDS) + 1):
        due = next_try(tries=tries, at=at, key=key)
        wait = WAITS_SECONDS[tries - 1]
        assert timedelta(seconds=wait) <= due - at <= timedelta(seconds=wait * 1.1)
        at = due
    assert timedelta(days=2) < at - NOW < timedelta(days=3)
    assert next_try(tries=len(WAITS_SECONDS) + 1, at=at, key=key) is None


def test_a_digest_is_due_once_a_day_from_its_hour_on():
    due = {"zone": UTC, "hour": 9}
    assert digest_day(now=NOW, last_on=None, **due) == date(2026, 3, 2)
    assert digest_day(now=NOW - timedelta(seconds=1), last_on=None, **due) is None
    assert digest_day(now=NOW, last_on=date(2026, 3, 2), **due) is None
    assert digest_day(now=NOW, last_on=date(2026, 3, 3), **due) is None, "the clock was set back"
    assert digest_day(now=NOW, last_on=date(2026, 3, 1), **due) == date(2026, 3, 2)


@given(st.text(), st.text())
def test_words_are_one_clean_line_and_one_clean_body(subject, body):
    line, text = one_line(subject), clean_body(body)
    assert line.isprintable()
    assert len(line) <= LONGEST_SUBJECT
    assert all(sign == "\n" or sign.isprintable() for sign in text)
    assert len(clean_body(body * 3, longest=LONGEST_BODY)) <= LONGEST_BODY + 100
    (line + text).encode()


@given(st.ip_addresses())
def test_only_global_addresses_are_gone_to(address):
    if why_not(str(address), place=SECURE, allowed=()) == "":
        assert address.is_global
        assert not address.is_multicast


@given(st.ip_addresses(v=4))
def test_an_address_inside_stays_inside_however_it_is_wrapped(inner):
    if inner.is_global and not inner.is_multicast:
        return
    number = int(inner)
    wrapped = (
        (0xFFFF << 32) | number,  # mapped
        (0x2002 << 112) | (number << 80) | 1,  # 6to4
        (0x0064FF9B << 96) | number,  # NAT64
        (0x20010000 << 96) | (0x08080808 << 64) | (number ^ 0xFFFFFFFF),  # Teredo
        number,  # compatible
    )
    for one in wrapped:
        if one > 1:
            place = str(ip_address(one) if one >> 32 else ip_address("::") + one)
            assert why_not(place, place=SECURE, allowed=()) != ""


def test_a_network_that_the_site_names_is_gone_to_also_without_tls():
    plain, allowed = parse_place("http://x.example/"), parse_networks("10.0.0.0/8, ::1/128")
    assert why_not("10.1.2.3", place=plain, allowed=allowed) == ""
    assert why_not("::ffff:10.1.2.3", place=plain, allowed=allowed) == ""
    assert why_not("::1", place=plain, allowed=allowed) == ""
    assert why_not("192.168.0.1", place=plain, allowed=allowed) != ""
    assert "https" in why_not("8.8.8.8", place=plain, allowed=allowed)
    assert why_not("8.8.8.8", place=SECURE, allowed=()) == ""
    assert why_not("fe80::1%eth0", place=SECURE, allowed=()) != ""


def test_networks_that_are_none_are_all_told():
    with pytest.raises(BadInput) as error:
        parse_networks("10.0.0.0/8, 10.0.0.1/8, x")
    assert len(error.value.faults) == 2


@given(st.text(max_size=80))
def test_no_text_breaks_the_reading_of_an_address(text):
    for url in (text, f"https://{text}", f"https://x.example/{text}"):
        try:
            place = parse_place(url)
        except BadInput:
            continue
        assert place.target.isprintable()
        assert " " not in place.target
        assert place.host
