"""What the scheduler should allow follows from the credits alone."""

from hypothesis import given
from hypothesis import strategies as st

from apportion.core.enforce.desired import Credit, desired_limits, is_scheduled
from apportion.core.ids import ProjectId, ResourceCode
from apportion.core.units import DisplayUnit, Resource

GPU = ResourceCode("gpu:h100")
many_credits = st.lists(
    st.builds(
        Credit,
        project=st.sampled_from([ProjectId("vision"), ProjectId("video")]),
        resource=st.sampled_from([GPU, ResourceCode("cpu")]),
        unit_seconds=st.integers(-(10**6), 10**12),
    ),
    max_size=12,
)


@given(many_credits, st.randoms(use_true_random=False))
def test_a_limit_does_not_depend_on_the_order_of_the_credits(given_credits, rng):
    shuffled = list(given_credits)
    rng.shuffle(shuffled)
    assert desired_limits(shuffled) == desired_limits(given_credits)


@given(many_credits)
def test_a_limit_is_never_above_the_credits_and_less_than_a_minute_below(given_credits):
    for limit in desired_limits(given_credits):
        for resource, minutes in limit.minutes.items():
            total = sum(
                c.unit_seconds
                for c in given_credits
                if (c.project, c.resource) == (limit.project, resource)
            )
            assert minutes >= 0
            assert 60 * minutes <= max(0, total) < 60 * (minutes + 1)


@given(many_credits)
def test_every_project_with_a_credit_has_a_limit_zero_where_all_was_taken_back(given_credits):
    assert {limit.project for limit in desired_limits(given_credits)} == {
        credit.project for credit in given_credits
    }


def test_a_credit_that_was_taken_back_whole_leaves_a_limit_of_zero():
    back_and_forth = [
        Credit(project=ProjectId("vision"), resource=GPU, unit_seconds=s) for s in (7200, -7200)
    ]
    [limit] = desired_limits(back_and_forth)
    assert limit.minutes == {GPU: 0}


def test_a_scheduler_limits_processors_and_not_people_or_licences():
    assert is_scheduled(Resource(code="gpu:h100"))
    assert is_scheduled(Resource(code="cpu"))
    assert not is_scheduled(Resource(code="staff", unit=DisplayUnit.WEEK))
    assert not is_scheduled(Resource(code="gpu:h100", unit=DisplayUnit.ITEM))
    assert not is_scheduled(Resource(code="storage"))
