"""rates.toml: exact prices, and every fault of the file at once."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from apportion.core.faults import BadInput
from apportion.core.meter.ratecard import read_tariff
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


def read(text):
    return read_tariff(text, file="rates.toml", find_zone=ZoneInfo)


def faults_of(text):
    with pytest.raises(BadInput) as error:
        read(text)
    return [(fault.field, fault.what) for fault in error.value.faults]


def test_a_rate_card_is_read_exactly():
    card = read(GOOD).card
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


CLASSES = """
schema = "apportion.rates/1"
zone = "Europe/Berlin"
[[classes]]
name = "spare"
qos = ["scavenger", "preempt"]
partitions = ["spare"]
[[classes]]
name = "night"
hours = "20:00-06:00"
days = ["mon", "fri"]
[[rates]]
resource = "gpu:h100"
credits = 2
[[rates]]
resource = "gpu:h100"
class = "night"
credits = "0.5"
[refunds]
NODE_FAIL = 1
PREEMPTED = "0.25"
"""


def test_a_tariff_has_classes_of_queues_and_hours_and_a_policy_of_refunds():
    tariff = read(CLASSES)
    spare, night = tariff.classes
    assert spare.qos == {"scavenger", "preempt"}
    assert spare.takes_job(queue="spare", qos="preempt")
    assert not spare.takes_job(queue="gpu", qos="preempt")
    assert (night.hours, night.days) == ((1200, 360), {0, 4})
    assert tariff.class_cards["night"].rates[0].microcredits_per_unit == 500_000
    assert dict(tariff.refunds) == {"NODE_FAIL": 1_000_000, "PREEMPTED": 250_000}
    assert str(tariff.zone) == "Europe/Berlin"


def test_a_tariff_tells_every_fault_of_its_classes_and_refunds():
    text = """
schema = "apportion.rates/1"
zone = "Mars/Olympus"
classes = [
  {name = "a b", hours = "20-6"}, {name = "night", days = ["today"]}, {name = "all"}, 7,
  {name = "x", qos = "high"}, {name = "y", qos = []}, {name = "z", hours = "24:00-24:00"},
  {name = "n", hours = "01:00-02:00"}, {name = "n", hours = "01:07-02:00"},
  {name = "n", hours = "03:00-24:00"}, {name = "q", colour = 1, hours = "00:00-06:00"},
]
rates = [{resource = "gpu", credits = 1, class = "dawn"}]
[refunds]
ASLEEP = 1
FAILED = "1.5"
TIMEOUT = -1
"""
    assert [field for field, _ in faults_of(text)] == [
        "zone",
        "classes[1].name",
        "classes[1].hours",
        "classes[2].days",
        "classes[3]",
        "classes[4]",
        "classes[5].qos",
        "classes[6].qos",
        "classes[7].hours",
        "classes[9].hours",
        "classes[11].colour",
        "classes",
        "rates[1].class",
        "refunds.ASLEEP",
        "refunds.FAILED",
        "refunds.TIMEOUT",
    ]
