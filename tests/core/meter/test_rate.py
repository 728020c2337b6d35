"""Rating in integers: a job cut in parts is the whole job, at the rates of the day."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from apportion.core.ids import ResourceCode
from apportion.core.meter.cut import cut
from apportion.core.meter.rate import charge, prices_of, rate_segments
from apportion.core.meter.totals import total
from apportion.core.rates import Rate, RateCard
from apportion.core.units import DisplayUnit
from apportion.core.windows import Window, from_epoch
from tests.core.meter.made import HOUR, T0, segment, workloads

FREE = RateCard(())


def rate(microcredits, *, after=0, resource="gpu"):
    return Rate(
        resource=ResourceCode(resource),
        unit=DisplayUnit.HOUR,
        microcredits_per_unit=microcredits,
        starts_at=from_epoch(T0 + after),
    )


def test_eight_gpus_for_an_hour_are_28800_gpu_seconds_at_the_hourly_price():
    [only] = rate_segments([segment()], card=RateCard((rate(1_200_000, after=-1),)))
    assert (only.unit_seconds, only.microcredits) == (28_800, 9_600_000)


def test_a_job_over_a_change_of_rate_pays_each_rate_for_its_own_hours():
    card = RateCard((rate(1_000_000, after=-HOUR), rate(3_000_000, after=HOUR // 2)))
    [only] = rate_segments([segment(size=2)], card=card)
    assert only.microcredits == 1_000_000 + 3_000_000


def test_use_before_the_first_rate_or_without_one_costs_nothing():
    card = RateCard((rate(1_000_000, after=HOUR // 2),))
    [late, other] = rate_segments([segment(size=2), segment(2, resource="cpu")], card=card)
    assert (late.microcredits, other.microcredits) == (1_000_000, 0)


def test_only_use_inside_the_window_is_rated():
    window = Window(starts_at=from_epoch(T0 + 600), ends_at=from_epoch(T0 + 900))
    rated = list(rate_segments([segment(), segment(2, start=0)], card=FREE, window=window))
    assert [(c.started_at - T0, c.ended_at - T0, c.unit_seconds) for c in rated] == [
        (600, 900, 2400)
    ]


@given(workloads(), st.lists(st.integers(T0, T0 + 300), max_size=6))
def test_the_unit_seconds_of_a_job_cut_into_periods_sum_to_the_whole(jobs, borders):
    for job in jobs:
        parts = [
            charge(segment=job, span=span, prices={})
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
    prices = prices_of(RateCard(tuple(dated.values())))
    for job in jobs:
        spans = cut((job.started_at, job.ended_at), borders)
        parts = sum(charge(segment=job, span=s, prices=prices).microcredits for s in spans)
        exact = exact_price(job, prices.get(job.resource, ()))
        assert abs(parts - exact) <= Fraction(1, 2) * (len(spans) + len(dated))


def exact_price(job, steps):
    """Second by second, in fractions: slow and plain."""
    sum_of_rates = Fraction(0)
    for second in range(job.started_at, job.ended_at):
        in_force = [step for step in steps if step.starts_at <= second]
        if in_force:
            latest = max(in_force, key=lambda step: step.starts_at)
            sum_of_rates += Fraction(latest.microcredits, latest.base_units)
    return sum_of_rates * job.size


@given(workloads())
def test_the_accounts_of_a_resource_add_up_to_its_total(jobs):
    totals = total(rate_segments(jobs, card=RateCard((rate(7, after=-500),))))
    for whole in totals.by_resource:
        parts = [row for row in totals.by_account if row.resource == whole.resource]
        assert whole.unit_seconds == sum(row.unit_seconds for row in parts)
        assert whole.microcredits == sum(row.microcredits for row in parts)
    assert sum(row.unit_seconds for row in totals.by_resource) == sum(j.unit_seconds for j in jobs)
