"""The equity monitor finds what is told of it, keeps silent otherwise, and small groups stay hidden."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.core.claims.equity import OTHERS, Outcome, weigh_equity
from apportion.core.claims.metering import Day, months_metered
from apportion.core.claims.monitor import Award, Burn, Call, Concern, Sight, monitor
from apportion.core.verify.equity import check_equity

TODAY = date(2026, 5, 1)
GPU = "gpu:h100"
NOBODY = weigh_equity([])
AWARD = Award(
    project="alpha",
    area="vision",
    round="spring",
    resource=GPU,
    minimum=40,
    asked=100,
    awarded=40,
    starts_on=TODAY - timedelta(days=30),
    ends_on=TODAY + timedelta(days=60),
)


def sight(*awards, **more):
    facts = {
        "today": TODAY,
        "awards": awards,
        "burns": (),
        "last_job_on": {},
        "open_requests": frozenset(),
        "teams": (),
        "people": (),
    }
    return Sight(**(facts | more))


def burn(left, week):
    return Burn(project="alpha", resource=GPU, left=left, spent_last_week=week)


def found(seen, equity=NOBODY):
    return [(one.concern, one.subject) for one in monitor(seen, equity)]


def test_an_award_below_the_ask_that_runs_dry_long_before_its_credits_end_is_too_little():
    seen = sight(AWARD, burns=(burn(10, 7),))
    (one,) = monitor(seen, NOBODY)
    assert one.concern is Concern.TOO_LITTLE
    assert one.evidence == ("gpu:h100: granted the minimum, runs dry on 2026-05-11, day 30 of 90")
    (one,) = monitor(sight(AWARD, burns=(burn(0, 0),)), NOBODY)
    assert "is used up" in one.evidence


def test_an_award_that_lasts_or_was_granted_whole_or_is_over_is_no_concern():
    lasting, whole = burn(60, 7), replace(AWARD, awarded=100)
    over = replace(AWARD, ends_on=TODAY)
    assert found(sight(AWARD, burns=(lasting,))) == []
    assert found(sight(AWARD, burns=(burn(10, 0),))) == []
    assert found(sight(whole, burns=(burn(0, 7),))) == []
    assert found(sight(over, burns=(burn(0, 7),))) == []
    assert found(sight(AWARD)) == []


def test_a_project_that_ended_without_a_word_is_found_unless_it_asks_or_runs():
    ended = replace(AWARD, ends_on=TODAY - timedelta(days=30))
    ran = {"alpha": ended.ends_on}
    assert found(sight(ended, last_job_on=ran)) == [(Concern.WOUND_DOWN, "alpha")]
    assert found(sight(ended)) == []  # it never began
    assert found(sight(ended, last_job_on={"alpha": TODAY - timedelta(days=29)})) == []
    asks = frozenset({"alpha"})
    assert found(sight(ended, last_job_on=ran, open_requests=asks)) == []
    assert found(sight(ended, replace(AWARD, round="next"), last_job_on=ran)) == []


def test_who_asked_twice_or_was_denied_last_and_is_silent_in_two_rounds_stopped_asking():
    def call(name, askers, refused=""):
        return Call(round=name, askers=frozenset(askers), refused=frozenset(refused))

    calls = (call("r1", "abc"), call("r2", "ad", "d"), call("r3", "e"), call("r4", "be"))
    assert found(sight(people=calls)) == [
        (Concern.STOPPED_ASKING, "a"),
        (Concern.STOPPED_ASKING, "d"),
    ]
    assert found(sight(teams=calls[:2])) == []


def outcomes(**areas):
    """Makes so many granted and denied requests an area."""
    return [
        Outcome(
            request=f"{area}-{n}",
            area=area,
            outcome="full" if n < granted else "not_yet",
            fraction=Fraction(int(n < granted)),
        )
        for area, (granted, denied) in areas.items()
        for n in range(granted + denied)
    ]


def test_an_area_that_is_denied_beyond_chance_is_named_and_one_that_is_not_is_not():
    equity = weigh_equity(outcomes(vision=(1, 14), text=(28, 2)))
    assert found(sight(), equity) == [
        (Concern.DENIED_MORE, "vision"),
        (Concern.CUT_MORE, "vision"),
    ]
    assert found(sight(), weigh_equity(outcomes(vision=(9, 5), text=(20, 10)))) == []


def test_small_areas_are_told_together_and_never_alone():
    equity = weigh_equity(outcomes(a=(1, 1), b=(2, 1), big=(5, 5)))
    assert {area.area: area.requests for area in equity.areas} == {OTHERS: 5, "big": 10}
    alone = weigh_equity(outcomes(a=(1, 1), big=(5, 5), huge=(10, 10)))
    assert {area.area: area.requests for area in alone.areas} == {OTHERS: 12, "huge": 20}
    few = weigh_equity(outcomes(a=(1, 1)))
    assert (few.areas, few.outcomes, few.withheld) == ((), {}, 2)


GROUPS = st.dictionaries(
    st.sampled_from("abcdef"), st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=6
)


@settings(max_examples=20, deadline=None)
@given(areas=GROUPS)
def test_no_group_told_is_small_and_the_checker_counts_the_same_chances(areas):
    equity = weigh_equity(outcomes(**areas))
    assert all(area.requests >= equity.least for area in equity.areas)
    assert 0 <= equity.withheld < equity.least
    check_equity(
        {
            "least": equity.least,
            "areas": [
                {
                    "area": area.area,
                    "requests": area.requests,
                    "approved": area.approved,
                    "approval_p": None if area.approval_p is None else f"{area.approval_p:.6f}",
                }
                for area in equity.areas
            ],
        }
    )


def day(number, *, since=None, used=1, area="a", month=3):
    on = date(2026, month, number)
    return Day(day=on, since=since or on, resource=GPU, area=area, used=used, charged=used)


def test_a_day_is_metered_where_a_job_ran_on_it_whenever_that_ended():
    days = [day(3, since=date(2026, 3, 1)), day(5, used=7), day(5, used=2, area=None)]
    (row,) = months_metered(days, until=date(2026, 3, 6))
    assert (row.unmetered_days, row.suspense, row.busiest) == (2, 2, 9)
    across = [day(2, since=date(2026, 2, 27))]
    rows = {row.month: row for row in months_metered(across, until=date(2026, 3, 2))}
    assert (rows["2026-02"].unmetered_days, rows["2026-03"].unmetered_days) == (26, 0)


def test_nothing_metered_gives_no_months():
    assert months_metered([], until=TODAY) == ()
