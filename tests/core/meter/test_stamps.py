"""Instants and whole numbers as files write them."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.core.meter.stamps import LAST_SECOND, read_instant, read_whole

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "zone", "seconds"),
    [
        ("1509494400", None, 1_509_494_400),
        ("2017-11-01T00:00:00Z", None, 1_509_494_400),
        ("2017-11-01T01:00:00+01:00", None, 1_509_494_400),
        ("2017-11-01 00:00:00", UTC, 1_509_494_400),
        ("2017-11-01T01:00:00", BERLIN, 1_509_494_400),
        ("Unknown", None, None),
        ("None", None, None),
        ("", None, None),
    ],
)
def test_an_instant_is_read_in_each_of_its_shapes(text, zone, seconds):
    assert read_instant(text, zone) == seconds


def test_the_hour_that_a_clock_change_repeats_is_read_as_the_first():
    assert read_instant("2017-10-29T02:30:00", BERLIN) == 1_509_237_000


@pytest.mark.parametrize(
    "text", ["2017-11-01T00:00:00", "yesterday", "-5", "1e9", "99999999999999999999999", "²"]
)
def test_an_instant_is_refused_when_it_is_local_without_a_zone_or_none_at_all(text):
    with pytest.raises(ValueError, match=r"zone|epoch|years"):
        read_instant(text, None)


@given(st.integers(0, LAST_SECOND))
def test_epoch_seconds_read_back_as_themselves(seconds):
    assert read_instant(str(seconds), None) == seconds


def test_a_whole_number_may_come_with_an_empty_fraction_and_nothing_else():
    assert [read_whole(text) for text in ("66", "66.0", " 7 ", "0")] == [66, 66, 7, 0]
    for text in ("", "-1", "1.5", "1.", "1e3", "NaN", "٣", "9" * 19):
        with pytest.raises(ValueError, match=r"whole|large"):
            read_whole(text)
