"""A claim is answered from facts alone: its number, its interval, or what is missing."""

import json
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.core.claims.check import check_claim
from apportion.core.claims.claim import Claim, Comparison, Definition, Measure
from apportion.core.claims.document import document_of
from apportion.core.claims.facts import Area, Facts, Metering, Use
from apportion.core.claims.months import days_in, months_of, span_before
from apportion.core.claims.words import write_answer, write_percent
from apportion.core.verify.claim import _check

GPU = "gpu:h100"
AREAS = (
    Area(id="assistant", name="Assistant", parent=None, flagship=True),
    Area(id="research", name="Research", parent=None, flagship=False),
    Area(id="foundations", name="Foundations", parent="research", flagship=False),
    Area(id="platform", name="Platform", parent=None, flagship=False),
)
CLAIM = Claim(
    statement="Research is over half of the compute.",
    resource="gpu",
    period="2026-Q1",
    measure=Measure.DELIVERED,
    comparison=Comparison.OVER,
    limit=Fraction(1, 2),
    counts=Definition(name="Research and platform", counted=("research", "platform")),
    alternatives=(
        Definition(name="Without platform", counted=("research",)),
        Definition(name="Platform left out", counted=("research",), left_out=("platform",)),
    ),
)


def use(month, area, delivered, resource=GPU, **more):
    return Use(month=month, resource=resource, area=area, delivered=delivered, **more)


def metered(month, resource=GPU, **more):
    fields = {
        "unmetered_days": 0,
        "suspense": 0,
        "suspense_charged": 0,
        "busiest": 10,
        "busiest_charged": 10,
    }
    return Metering(month=month, resource=resource, **(fields | more))


def quarter(first, *rows, year=2026):
    """Gives each month of a quarter the same rows of (area, delivered)."""
    months = [f"{year}-{month:02}" for month in range(first, first + 3)]
    return [use(m, area, amount) for m in months for area, amount in rows], [
        metered(m) for m in months
    ]


def facts(*quarters, until=date(2026, 5, 1), **more):
    uses = [row for rows, _ in quarters for row in rows]
    rows = [row for _, metering in quarters for row in metering]
    made = Facts(until=until, areas=AREAS, uses=tuple(uses), metering=tuple(rows), rejected_rows=0)
    return replace(made, **more)


MIXED = (("assistant", 55), ("foundations", 40), ("platform", 5))


def test_the_share_counts_areas_below_those_named_and_shows_other_definitions_beside_it():
    answer = check_claim(CLAIM, facts(quarter(1, *MIXED)))
    assert (answer.main.share.value, answer.main.holds) == (Fraction(45, 100), False)
    shares = [one.share.value for one in answer.alternatives]
    assert shares == [Fraction(40, 100), Fraction(40, 95)]
    assert (
        write_answer(CLAIM, answer)
        == "No. It is 45% of gpu delivered in 2026-Q1; more than 50% was claimed."
    )


def test_the_trend_goes_back_as_far_as_there_is_something_to_divide():
    before = quarter(10, ("assistant", 21), ("research", 79), year=2025)
    answer = check_claim(CLAIM, facts(quarter(1, *MIXED), before))
    assert [(span, share.value) for span, share in answer.trend] == [("2025-Q4", Fraction(79, 100))]
    assert ", down from 79% in 2025-Q4;" in write_answer(CLAIM, answer)


def test_suspense_and_days_without_a_job_widen_the_number_to_an_interval():
    uses, rows = quarter(1, ("assistant", 45), ("research", 55))
    rows[0] = metered("2026-01", unmetered_days=1, suspense=20)
    answer = check_claim(CLAIM, facts((uses, rows)))
    assert answer.main.share.unknown == 20 + 1 * 10
    assert (answer.main.share.low, answer.main.share.high) == (
        Fraction(165, 330),
        Fraction(195, 330),
    )
    assert answer.main.holds is None
    assert write_answer(CLAIM, answer).startswith(
        "Nobody can say for sure. It is 55% (between 50% and 59%) of gpu"
    )
    assert any("20 base units stand in suspense" in line for line in answer.missing)
    assert any("no job ran on 1 days" in line for line in answer.missing)


def test_a_month_without_metering_counts_as_days_that_nobody_knows():
    uses, rows = quarter(1, ("assistant", 1), ("research", 99))
    answer = check_claim(CLAIM, facts((uses, rows[:2])))
    assert answer.main.share.unknown == 31 * 10


def test_a_period_that_is_not_over_says_so():
    answer = check_claim(CLAIM, facts(quarter(1, *MIXED), until=date(2026, 3, 30)))
    assert answer.missing[0] == "2026-Q1 is not over: the facts end on 2026-03-30"
    over = check_claim(CLAIM, facts(quarter(1, *MIXED), until=date(2026, 3, 31)))
    assert over.missing == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"counts": Definition(name="x", counted=("vision",))}, "there is no area 'vision'"),
        ({"resource": "tpu"}, "no resource 'tpu' was metered or awarded; there are gpu:h100"),
        ({"period": "2024"}, "2024 was not metered; metering covers 2026-01 to 2026-03"),
        ({"measure": Measure.AWARDED}, "nothing was awarded in 2026-Q1"),
    ],
)
def test_what_cannot_be_answered_says_what_is_missing_and_shows_no_number(change, said):
    claim = replace(CLAIM, **change)
    answer = check_claim(claim, facts(quarter(1, *MIXED)))
    assert (answer.main.share, answer.main.holds) == (None, None)
    assert answer.missing[0].startswith(said)
    assert "%" not in write_answer(claim, answer)


def test_an_office_that_has_metered_nothing_answers_nothing():
    answer = check_claim(CLAIM, facts())
    assert answer.missing == (
        "no resource 'gpu' was metered or awarded; nothing at all is in the books",
    )


def test_awards_have_no_interval_and_need_no_metering():
    uses = [
        use("2026-01", "research", 0, awarded=70),
        use("2026-01", "assistant", 0, awarded=30),
    ]
    answer = check_claim(replace(CLAIM, measure=Measure.AWARDED), facts((uses, [])))
    assert (answer.main.share.value, answer.main.holds) == (Fraction(7, 10), True)


@pytest.mark.parametrize(
    ("share", "limit", "written"),
    [
        (Fraction(498, 1000), Fraction(1, 2), "49.8%"),
        (Fraction(1, 2), Fraction(1, 2), "50%"),
        (Fraction(50001, 100000), Fraction(1, 2), "50.001%"),
        (Fraction(1, 3), Fraction(1, 2), "33%"),
        (Fraction(1, 1000), Fraction(0), "0.1%"),
        (Fraction(5 * 10**11 - 1, 10**12), Fraction(1, 2), "499999999999/1000000000000"),
    ],
)
def test_a_share_is_never_written_as_the_limit_that_it_misses(share, limit, written):
    assert write_percent(share, limit).startswith(written)


def test_spans_are_whole_months_and_follow_each_other():
    assert months_of("2026-Q1") == ("2026-01", "2026-02", "2026-03")
    assert len(months_of("2026")) == 12
    assert [months_of(text) for text in ("2026-13", "26", "2026-Q5", "", "0001")] == [()] * 5
    assert [span_before(s) for s in ("2026-Q1", "2026-01", "2026")] == [
        "2025-Q4",
        "2025-12",
        "2025",
    ]
    assert [days_in("2028-02", until=date(2028, 2, d)) for d in (1, 29)] == [1, 29]
    assert days_in("2026-03", until=date(2026, 2, 28)) == 0


AMOUNT = st.integers(0, 5)
USES = st.lists(
    st.builds(
        Use,
        month=st.sampled_from(["2025-12", "2026-01", "2026-02", "2026-03"]),
        resource=st.sampled_from([GPU, "gpu:a100", "cpu"]),
        area=st.sampled_from([area.id for area in AREAS]),
        delivered=AMOUNT,
        awarded=AMOUNT,
        charged=AMOUNT,
    ),
    unique_by=lambda row: (row.month, row.resource, row.area),
    max_size=12,
)
METERED = st.lists(
    st.builds(
        Metering,
        month=st.sampled_from(["2025-12", "2026-01", "2026-02", "2026-03"]),
        resource=st.sampled_from([GPU, "gpu:a100", "cpu"]),
        unmetered_days=AMOUNT,
        suspense=AMOUNT,
        suspense_charged=AMOUNT,
        busiest=AMOUNT,
        busiest_charged=AMOUNT,
    ),
    unique_by=lambda row: (row.month, row.resource),
    max_size=8,
)
CLAIMS = st.builds(
    replace,
    st.just(CLAIM),
    resource=st.sampled_from(["gpu", GPU, "cpu", "tpu"]),
    period=st.sampled_from(["2026", "2026-Q1", "2026-02", "2025-12", "2024"]),
    measure=st.sampled_from(list(Measure)),
    comparison=st.sampled_from(list(Comparison)),
    limit=st.fractions(0, 1, max_denominator=20),
)


@given(claim=CLAIMS, uses=USES, metering=METERED)
def test_the_checker_that_shares_no_code_counts_the_same(claim, uses, metering):
    held = facts((uses, metering))
    answer = check_claim(claim, held)
    record = {
        "until": "2026-05-01",
        "areas": [{"id": area.id, "parent": area.parent} for area in AREAS],
        "use": [{name: getattr(row, name) for name in Use.__dataclass_fields__} for row in uses],
        "metering": [
            {name: getattr(row, name) for name in Metering.__dataclass_fields__} for row in metering
        ],
        "rejected_rows": 0,
    }
    document = json.loads(json.dumps(document_of(claim, answer, record)))
    told = []
    _check(document, told.append)
    assert len(told) == 1
    if answer.main.share is not None:
        assert answer.main.share.low <= answer.main.share.value <= answer.main.share.high
