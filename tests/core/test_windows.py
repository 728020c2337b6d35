"""Half-open windows: neighbours share no instant, and no second is counted twice."""

import itertools
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from apportion.core.windows import Window, from_epoch, overlap_seconds

seconds = st.integers(0, 4 * 10**9)


@st.composite
def windows(draw):
    start = draw(seconds)
    return Window(
        starts_at=from_epoch(start), ends_at=from_epoch(start + draw(st.integers(1, 10**9)))
    )


@given(windows(), seconds)
def test_a_window_holds_its_start_and_not_its_end(window, at):
    assert window.holds(window.starts_at)
    assert not window.holds(window.ends_at)
    assert window.holds(from_epoch(at)) == (window.starts_at <= from_epoch(at) < window.ends_at)


@given(windows(), st.integers(1, 10**9))
def test_neighbours_share_no_instant(window, length):
    after = Window(starts_at=window.ends_at, ends_at=window.ends_at + timedelta(seconds=length))
    assert not window.overlaps(after)
    assert window.intersect(after) is None


@given(windows(), windows())
def test_what_two_windows_share_is_the_same_from_both_sides_and_inside_both(one, other):
    shared = one.intersect(other)
    assert shared == other.intersect(one)
    assert (shared is None) == (not one.overlaps(other))
    if shared:
        assert shared.intersect(one) == shared.intersect(other) == shared


@given(windows(), windows())
def test_seconds_in_common_are_counted_the_same_as_instants_or_as_integers(one, other):
    shared = one.intersect(other)
    counted = overlap_seconds(
        int(one.starts_at.timestamp()),
        int(one.ends_at.timestamp()),
        int(other.starts_at.timestamp()),
        int(other.ends_at.timestamp()),
    )
    assert counted == (shared.seconds if shared else 0)


@given(st.tuples(seconds, seconds).map(sorted), st.lists(seconds, max_size=8).map(sorted))
def test_cutting_a_job_at_period_borders_loses_and_doubles_no_second(job, borders):
    start, end = job
    edges = [0, *borders, 5 * 10**9]
    pieces = [overlap_seconds(start, end, a, b) for a, b in itertools.pairwise(edges)]
    assert sum(pieces) == end - start


@given(seconds)
def test_an_empty_or_backward_window_is_refused(at):
    with pytest.raises(ValueError, match="ends after it starts"):
        Window(starts_at=from_epoch(at), ends_at=from_epoch(at))
    with pytest.raises(ValueError, match="ends after it starts"):
        Window(starts_at=from_epoch(at + 1), ends_at=from_epoch(at))


@given(seconds)
def test_an_instant_that_is_not_utc_is_refused(at):
    for zone in (None, timezone(timedelta(hours=2))):
        with pytest.raises(ValueError, match="must be UTC"):
            Window(starts_at=datetime.fromtimestamp(at, zone), ends_at=from_epoch(at + 10**6))


@given(seconds)
def test_epoch_seconds_become_the_utc_instant_and_back(at):
    assume(at)
    assert from_epoch(at).tzinfo is UTC
    assert from_epoch(at).timestamp() == at
