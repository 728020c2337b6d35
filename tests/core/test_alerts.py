"""Alerts: raised once, armed again after a supplement, never repeated for the same fact."""

from hypothesis import given
from hypothesis import strategies as st

from apportion.core.alerts import FORECAST, Holding, kinds_due, plan_alerts

PLACE = ("depth", "gpu:h100")


def step(holding, standing=(), *, foretold=True):
    return plan_alerts({PLACE: holding}, standing=standing, foretold=foretold)


def kinds(raised):
    return [one.kind for one in raised]


def test_of_thresholds_passed_at_once_the_highest_is_raised():
    assert kinds(step(Holding(given=100, left=15)).raise_now) == ["80"]
    assert kinds(step(Holding(given=100, left=51)).raise_now) == []
    assert kinds(step(Holding(given=100, left=-3)).raise_now) == ["95"]


def test_what_stands_is_not_raised_again():
    first = step(Holding(given=100, left=15))
    assert step(Holding(given=100, left=10), first.raise_now).raise_now == ()


def test_a_supplement_that_lowers_the_share_arms_again():
    first = step(Holding(given=100, left=15)).raise_now
    change = step(Holding(given=200, left=115), first)
    assert kinds(change.arm_again) == ["80"]
    after = step(Holding(given=200, left=90), [])
    assert kinds(after.raise_now) == ["50"]


def test_a_supplement_too_small_to_change_anything_repeats_nothing():
    first = step(Holding(given=100, left=15)).raise_now
    change = step(Holding(given=101, left=16), first)
    assert (change.raise_now, change.arm_again) == ((), ())


def test_a_refund_that_swings_around_a_threshold_repeats_nothing():
    first = step(Holding(given=100, left=50)).raise_now
    change = step(Holding(given=100, left=51), first)
    assert (change.raise_now, change.arm_again) == ((), ())


def test_a_forecast_is_raised_when_every_second_future_runs_dry():
    assert kinds(step(Holding(given=100, left=90, dry_mille=500)).raise_now) == [FORECAST]
    assert kinds(step(Holding(given=100, left=90, dry_mille=499)).raise_now) == []
    assert kinds(step(Holding(given=100, left=90)).raise_now) == []


def test_a_pass_without_forecasts_leaves_their_alerts_alone():
    first = step(Holding(given=100, left=90, dry_mille=900)).raise_now
    change = step(Holding(given=300, left=290), first, foretold=False)
    assert change.arm_again == ()


def test_nothing_given_raises_nothing():
    assert kinds_due(Holding(given=0, left=0)) == frozenset()


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=30))
def test_no_kind_ever_stands_twice_and_a_repeat_changes_nothing(moves):
    given_, left, standing = 10, 10, []
    for more, used in moves:
        given_, left = given_ + more, left + more - used
        change = step(Holding(given=given_, left=left), standing)
        standing = [one for one in standing if one not in change.arm_again] + [*change.raise_now]
        assert len(kinds(standing)) == len(set(kinds(standing)))
        again = step(Holding(given=given_, left=left), standing)
        assert (again.raise_now, again.arm_again) == ((), ())
