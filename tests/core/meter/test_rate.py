"""Rating in integers: a job cut in parts is the whole job, at the rates of the day."""

from dataclasses import replace
from datetime import UTC
from fractions import Fraction
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from apportion.core.ids import ResourceCode
from apportion.core.meter.cut import cut
from apportion.core.meter.rate import charge, rate_segments
from apportion.core.meter.tariff import Prices, QueueClass, Tariff
from apportion.core.meter.totals import total
from apportion.core.rates import Rate, RateCard
from apportion.core.units import DisplayUnit
from apportion.core.windows import Window, from_epoch
from tests.core.meter.made import HOUR, T0, segment, workloads

FREE = Tariff()
DAY = 86_400
MIDNIGHT = T0 - T0 % DAY  # 2025-10-09, a Thursday, UTC


def rate(microcredits, *, after=0, resource="gpu"):
    return Rate(
        resource=ResourceCode(resource),
        unit=DisplayUnit.HOUR,
        microcredits_per_unit=microcredits,
        starts_at=from_epoch(T0 + after),
    )


def tariff_of(*rates, **more):
    return Tariff(card=RateCard(rates), **more)


def test_eight_gpus_for_an_hour_are_28800_gpu_seconds_at_the_hourly_price():
    [only] = rate_segments([segment()], tariff=tariff_of(rate(1_200_000, after=-1)))
    assert (only.unit_seconds, only.microcredits) == (28_800, 9_600_000)


def test_a_job_over_a_change_of_rate_pays_each_rate_for_its_own_hours():
    tariff = tariff_of(rate(1_000_000, after=-HOUR), rate(3_000_000, after=HOUR // 2))
    [only] = rate_segments([segment(size=2)], tariff=tariff)
    assert only.microcredits == 1_000_000 + 3_000_000


def test_use_before_the_first_rate_or_without_one_costs_nothing():
    tariff = tariff_of(rate(1_000_000, after=HOUR // 2))
    [late, other] = rate_segments([segment(size=2), segment(2, resource="cpu")], tariff=tariff)
    assert (late.microcredits, other.microcredits) == (1_000_000, 0)


def test_only_use_inside_the_window_is_rated():
    window = Window(starts_at=from_epoch(T0 + 600), ends_at=from_epoch(T0 + 900))
    rated = list(rate_segments([segment(), segment(2, start=0)], tariff=FREE, window=window))
    assert [(c.started_at - T0, c.ended_at - T0, c.unit_seconds) for c in rated] == [
        (600, 900, 2400)
    ]


@given(workloads(), st.lists(st.integers(T0, T0 + 300), max_size=6))
def test_the_unit_seconds_of_a_job_cut_into_periods_sum_to_the_whole(jobs, borders):
    for job in jobs:
        parts = [
            charge(segment=job, span=span, prices=Prices(FREE))
            for span in cut((job.started_at, job.ended_at), borders)
        ]
        assert sum(part.unit_seconds for part in parts) == job.unit_seconds


@given(
    workloads(),
    st.lists(st.tuples(st.integers(0, 10**7), st.integers(-100, 300)), max_size=4),
    st.lists(st.integers(T0, T0 + 300), max_size=4),
)
def test_cutting_changes_a_price_by_less_than_a_microcredit_a_part(jobs, rates, borders):
    dated = {after: rate(price, after=after) for price, after in rates}
    prices = Prices(tariff_of(*dated.values()))
    for job in jobs:
        spans = cut((job.started_at, job.ended_at), borders)
        parts = sum(charge(segment=job, span=s, prices=prices).microcredits for s in spans)
        exact = exact_price(job, dated.values() if job.resource == "gpu" else ())
        assert abs(parts - exact) <= Fraction(1, 2) * (len(spans) + len(dated))


def exact_price(job, rates):
    """Second by second, in fractions: slow and plain."""
    sum_of_rates = Fraction(0)
    for second in range(job.started_at, job.ended_at):
        in_force = [one for one in rates if one.starts_at <= from_epoch(second)]
        if in_force:
            latest = max(in_force, key=lambda one: one.starts_at)
            sum_of_rates += Fraction(latest.microcredits_per_unit, HOUR)
    return sum_of_rates * job.size


@given(workloads())
def test_the_accounts_of_a_resource_add_up_to_its_total(jobs):
    totals = total(rate_segments(jobs, tariff=tariff_of(rate(7, after=-500))))
    for whole in totals.by_resource:
        parts = [row for row in totals.by_account if row.resource == whole.resource]
        assert whole.unit_seconds == sum(row.unit_seconds for row in parts)
        assert whole.microcredits == sum(row.microcredits for row in parts)
    assert sum(row.unit_seconds for row in totals.by_resource) == sum(j.unit_seconds for j in jobs)


NIGHT = QueueClass(name="night", hours=(20 * 60, 6 * 60))
SPARE = QueueClass(name="spare", qos=frozenset({"scavenger"}))
WEEKEND = QueueClass(name="weekend", days=frozenset({5, 6}))


def classed(*classes, zone=UTC, **prices):
    cards = {name: RateCard((rate(price, after=-DAY * 400),)) for name, price in prices.items()}
    listed = RateCard((rate(3_600, after=-DAY * 400),))  # one microcredit a GPU-second
    return Tariff(card=listed, classes=classes, class_cards=cards, zone=zone)


def cost_of(tariff, *, start, seconds, qos="", state=""):
    job = segment(start=MIDNIGHT + start, seconds=seconds, size=1, qos=qos, state=state)
    [only] = rate_segments([job], tariff=tariff)
    return only.microcredits


def test_a_job_pays_the_nights_price_for_its_night_and_the_days_for_its_day():
    tariff = classed(NIGHT, night=1_800)
    assert cost_of(tariff, start=18 * HOUR, seconds=4 * HOUR) == 2 * HOUR + HOUR
    assert cost_of(tariff, start=5 * HOUR, seconds=2 * HOUR) == HOUR // 2 + HOUR


def test_the_night_is_that_of_the_zone_and_follows_its_clock_changes():
    tariff = classed(NIGHT, night=0, zone=ZoneInfo("Europe/Berlin"))
    assert cost_of(tariff, start=17 * HOUR, seconds=2 * HOUR) == HOUR  # 20:00 is 18:00 UTC
    winter = 17 * DAY  # 2025-10-26, when the clocks go back at 01:00 UTC
    assert cost_of(tariff, start=winter + 4 * HOUR, seconds=2 * HOUR) == HOUR


def test_hours_over_midnight_belong_to_the_day_on_which_they_start():
    friday = QueueClass(name="night", hours=(22 * 60, 2 * 60), days=frozenset({4}))
    tariff = classed(friday, night=0)
    assert cost_of(tariff, start=0, seconds=DAY) == DAY  # Thursday
    assert cost_of(tariff, start=DAY, seconds=2 * DAY) == 2 * DAY - 4 * HOUR


def test_the_first_class_that_takes_the_job_and_has_a_rate_sets_the_price():
    tariff = classed(SPARE, NIGHT, spare=360, night=1_800)
    assert cost_of(tariff, start=0, seconds=HOUR, qos="scavenger") == HOUR // 10
    assert cost_of(tariff, start=0, seconds=HOUR, qos="normal") == HOUR // 2
    assert cost_of(tariff, start=12 * HOUR, seconds=HOUR) == HOUR
    unpriced = classed(SPARE, NIGHT, night=1_800)
    assert cost_of(unpriced, start=0, seconds=HOUR, qos="scavenger") == HOUR // 2


def test_a_class_of_days_alone_is_open_all_day():
    assert cost_of(classed(WEEKEND, weekend=0), start=DAY, seconds=3 * DAY) == DAY


def test_policy_gives_back_a_part_of_what_a_job_cost_by_how_it_ended():
    tariff = tariff_of(rate(3_600, after=-DAY), refunds={"NODE_FAIL": 10**6, "PREEMPTED": 250_000})
    jobs = [segment(n, size=1, state=s) for n, s in enumerate(["NODE_FAIL", "PREEMPTED", "FAILED"])]
    rated = list(rate_segments(jobs, tariff=tariff))
    assert [c.microcredits for c in rated] == [HOUR] * 3
    assert [c.refunded_microcredits for c in rated] == [HOUR, HOUR // 4, 0]
    assert [c.refunded_seconds for c in rated] == [HOUR, HOUR // 4, 0]


@given(
    workloads(),
    st.integers(0, 10**7),
    st.integers(0, 10**7),
    st.lists(st.integers(-2, 3), max_size=3),
)
def test_the_days_of_a_job_add_up_to_it_to_the_microcredit(jobs, price, night, midnights):
    prices = Prices(classed(NIGHT, night=night))
    for job in jobs:
        longer = replace(job, ended_at=job.ended_at + price % (3 * DAY))
        borders = [MIDNIGHT + at * DAY for at in midnights]
        spans = cut((longer.started_at, longer.ended_at), borders)
        parts = [charge(segment=longer, span=span, prices=prices).microcredits for span in spans]
        whole = charge(segment=longer, span=(longer.started_at, longer.ended_at), prices=prices)
        assert sum(parts) == whole.microcredits
