"""Counters that fall without us: what they forgot is taken off, and never more than that."""

from hypothesis import given
from hypothesis import strategies as st

from apportion.core.enforce.counters import Cause, Counter, Reading, watch_counters
from apportion.core.ids import ProjectId, ResourceCode

PLACE = (ProjectId("vision"), ResourceCode("gpu:h100"))


def watch(known, reading, settled=0):
    before = {PLACE: known} if known else {}
    after, alarms = watch_counters(before, {PLACE: reading}, {PLACE: settled})
    return after[PLACE], alarms


def test_a_counter_that_grows_is_kept_and_no_alarm():
    after, alarms = watch(Counter(minutes=5), Reading(minutes=9, running=1))
    assert (after, alarms) == (Counter(minutes=9), ())


def test_a_counter_that_falls_raises_an_alarm_and_the_fall_is_lost():
    after, [alarm] = watch(Counter(minutes=90), Reading(minutes=10, running=3))
    assert after == Counter(minutes=10, lost=80)
    assert (alarm.cause, alarm.was, alarm.now, alarm.lost) == (Cause.FELL, 90, 10, 80)


def test_a_counter_that_fell_and_grew_again_unseen_is_found_by_the_settled_usage():
    after, [alarm] = watch(Counter(minutes=90), Reading(minutes=95, running=0), settled=200 * 60)
    assert (after.lost, alarm.cause) == (105, Cause.BEHIND)


def test_settled_usage_proves_nothing_while_a_job_runs_for_slurm_counts_it_later():
    known = Counter(minutes=90)
    assert watch(known, Reading(minutes=95, running=1), settled=200 * 60) == (
        Counter(minutes=95),
        (),
    )


def test_usage_from_before_the_counter_began_comes_off_without_an_alarm():
    assert watch(None, Reading(minutes=0, running=0), settled=50 * 60) == (
        Counter(minutes=0, lost=50),
        (),
    )


@given(
    st.lists(
        st.tuples(st.integers(0, 5000), st.booleans(), st.booleans(), st.booleans()), max_size=25
    )
)
def test_whatever_is_forgotten_the_limit_takes_off_that_to_the_minute(story):
    """Each chapter: seconds used, whether it is settled, whether the counter is reset, idle."""
    used = counted = forgotten = settled = 0  # seconds
    known = None
    for seconds, settles, resets, idle in story:
        used += seconds
        counted += seconds
        settled = used if settles else settled
        if resets:
            forgotten += counted
            counted = 0
        known, _ = watch(
            known, Reading(minutes=counted // 60, running=0 if idle else 1), settled=settled
        )
        assert known.lost * 60 < forgotten + 60  # both count whole minutes
    if story and story[-1][1] and story[-1][3]:  # all is settled and nothing runs
        assert known.lost * 60 > forgotten - 60
