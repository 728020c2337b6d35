"""rates.toml: exact prices, and every fault of the file at once."""

from datetime import UTC, datetime

import pytest

from apportion.core.faults import BadInput
from apportion.core.meter.ratecard import read_rate_card
from apportion.core.units import DisplayUnit

GOOD = """
schema = "apportion.rates/1"
[[rates]]
resource = "gpu:h100"
credits = 2.5
[[rates]]
resource = "gpu:h100"
credits = "3"
from = 2026-01-01T00:00:00Z
[[rates]]
resource = "staff"
unit = "week"
credits = 1000
from = 2026-01-01
"""


def faults_of(text):
    with pytest.raises(BadInput) as error:
        read_rate_card(text, file="rates.toml")
    return [(fault.field, fault.what) for fault in error.value.faults]


def test_a_rate_card_is_read_exactly():
    card = read_rate_card(GOOD, file="rates.toml")
    new_year = datetime(2026, 1, 1, tzinfo=UTC)
    assert [(r.resource, r.microcredits_per_unit, r.starts_at.year) for r in card.rates] == [
        ("gpu:h100", 2_500_000, 1970),
        ("gpu:h100", 3_000_000, 2026),
        ("staff", 1_000_000_000, 2026),
    ]
    assert (card.rates[1].starts_at, card.rates[2].unit) == (new_year, DisplayUnit.WEEK)
    assert card.price("gpu:h100", 3600, new_year) == 3_000_000


def test_a_rate_card_tells_every_fault_at_once():
    text = """
schema = "apportion.rates/2"
colour = "red"
[[rates]]
resource = "gpu h100"
unit = "month"
credits = nan
from = 2026-01-01T00:00:00
price = 3
[[rates]]
resource = "cpu"
credits = -1
[[rates]]
resource = "ram"
credits = 0.0000001
[[rates]]
credits = true
"""
    fields = [field for field, _ in faults_of(text)]
    assert fields == [
        "schema",
        "colour",
        "rates[1].price",
        "rates[1].resource",
        "rates[1].unit",
        "rates[1].credits",
        "rates[1].from",
        "rates[2].credits",
        "rates[3].credits",
        "rates[4].resource",
        "rates[4].credits",
    ]


def test_two_rates_of_one_instant_are_a_fault():
    doubled = GOOD.replace("from = 2026-01-01T00:00:00Z\n", "")
    assert faults_of(doubled) == [("gpu:h100", "two rates from 1970-01-01T00:00:00+00:00")]


@pytest.mark.parametrize("text", ["", "schema = ", "rates = 3", "[" * 5000, "[[rates]]\nunit = []"])
def test_a_file_that_is_no_rate_card_is_refused(text):
    assert faults_of(text)
