"""Tariffs that follow one another: each day at its own prices, whatever job runs over the change."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.core.ids import ResourceCode
from apportion.core.meter.dated import Dated, DatedPrices, Refunds
from apportion.core.meter.rate import charge
from apportion.core.meter.segments import Segment
from apportion.core.meter.tariff import DAY, Prices, QueueClass, Tariff
from apportion.core.rates import Rate, RateCard
from apportion.core.units import DisplayUnit

GPU = "gpu:h100"
FIRST = date(2026, 1, 1)
START = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
SINCE = datetime(1970, 1, 1, tzinfo=UTC)
HOUR = 3600


def card(price):
    rate = Rate(
        resource=ResourceCode(GPU),
        unit=DisplayUnit.HOUR,
        microcredits_per_unit=price * 1_000_000,
        starts_at=SINCE,
    )
    return RateCard((rate,))


def tariff(price, *, qos=None, cheap=0, refunds=None):
    if qos is None:
        return Tariff(card=card(price), refunds=refunds or {})
    kind = QueueClass(name="cheap", qos=frozenset({qos}))
    return Tariff(card=card(price), classes=(kind,), class_cards={"cheap": card(cheap)})


def segment(start, end, *, size=1, qos="normal"):
    return Segment(
        run="c/1",
        project="alpha",
        user="ann",
        resource=GPU,
        submitted_at=start,
        started_at=start,
        ended_at=end,
        size=size,
        qos=qos,
    )


def cost(one, prices):
    span = (one.started_at, one.ended_at)
    return charge(segment=one, span=span, prices=prices).microcredits


def test_a_job_over_a_change_pays_each_day_at_its_own_price():
    prices = DatedPrices(tariff(1), [Dated(starts_on=FIRST, tariff=tariff(3))])
    over = segment(START - 2 * HOUR, START + HOUR)
    assert cost(over, prices) == (2 * 1 + 1 * 3) * 1_000_000


def test_a_class_of_one_tariff_is_unknown_to_the_others():
    later = [
        Dated(starts_on=FIRST, tariff=tariff(4, qos="scavenger", cheap=1)),
        Dated(starts_on=FIRST + timedelta(days=1), tariff=tariff(6, qos="night", cheap=2)),
    ]
    prices = DatedPrices(tariff(2), later)
    whole = (START - HOUR, START + DAY + HOUR)
    assert cost(segment(*whole, qos="scavenger"), prices) == (2 + 24 * 1 + 6) * 1_000_000
    assert cost(segment(*whole, qos="night"), prices) == (2 + 24 * 4 + 2) * 1_000_000
    assert cost(segment(*whole), prices) == (2 + 24 * 4 + 6) * 1_000_000


def test_of_two_tariffs_of_one_day_the_last_counts():
    twice = [Dated(starts_on=FIRST, tariff=tariff(3)), Dated(starts_on=FIRST, tariff=tariff(5))]
    assert cost(segment(START, START + HOUR), DatedPrices(tariff(1), twice)) == 5_000_000


@settings(max_examples=60)
@given(
    offsets=st.lists(st.integers(-3, 3), max_size=3, unique=True),
    low=st.integers(-3 * DAY, 3 * DAY),
    seconds=st.integers(1, 4 * DAY),
    size=st.integers(1, 100),
    qos=st.sampled_from(["normal", "scavenger"]),
)
def test_a_job_costs_what_its_days_cost_under_the_tariff_of_each(offsets, low, seconds, size, qos):
    later = [
        Dated(
            starts_on=FIRST + timedelta(days=offset),
            tariff=tariff(7 + at, qos="scavenger", cheap=1 + at),
        )
        for at, offset in enumerate(offsets)
    ]
    whole = segment(START + low, START + low + seconds, size=size, qos=qos)
    alone = 0
    for day in range((START + low) // DAY, (START + low + seconds - 1) // DAY + 1):
        held = [one for one in later if one.day <= day]
        now = max(held, key=lambda one: one.day).tariff if held else tariff(2)
        start, end = max(START + low, day * DAY), min(START + low + seconds, (day + 1) * DAY)
        alone += cost(segment(start, end, size=size, qos=qos), Prices(now))
    assert cost(whole, DatedPrices(tariff(2), later)) == alone


def test_refunds_are_those_of_the_day_and_a_tariff_that_names_none_leaves_the_usual():
    later = (
        Dated(starts_on=FIRST, tariff=tariff(1)),
        Dated(starts_on=FIRST + timedelta(days=1), tariff=tariff(1, refunds={"PREEMPTED": 5})),
    )
    refunds = Refunds(usual={"NODE_FAIL": 9}, later=later)
    assert refunds.on(FIRST) == {"NODE_FAIL": 9}
    assert refunds.on(FIRST + timedelta(days=1)) == {"PREEMPTED": 5}
    assert refunds.may_hold("NODE_FAIL")
    assert refunds.may_hold("PREEMPTED")
    assert not refunds.may_hold("FAILED")
