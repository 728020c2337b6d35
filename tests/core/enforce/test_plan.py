"""The plan of a reconciler: mends what differs, touches nothing else, and then finds no more."""

from hypothesis import given
from hypothesis import strategies as st

from apportion.core.enforce.desired import ProjectLimit
from apportion.core.enforce.plan import Drift, association_of, plan_limits
from apportion.core.ids import ProjectId, ResourceCode

GPU, CPU = ResourceCode("gpu:h100"), ResourceCode("cpu")
limits = st.dictionaries(st.sampled_from([GPU, CPU]), st.integers(0, 10**9))
desires = st.dictionaries(
    st.sampled_from(["vision", "video", "Alignment"]).map(ProjectId),
    st.dictionaries(st.sampled_from([GPU, CPU]), st.integers(0, 10**9), min_size=1),
).map(lambda d: [ProjectLimit(project=p, minutes=m) for p, m in sorted(d.items())])
worlds = st.dictionaries(st.sampled_from(["vision", "video", "alignment", "root"]), limits)


def applied(plan, actual):
    """What the scheduler holds once it has done every step: named limits set, others kept."""
    after = {name: dict(holds) for name, holds in actual.items()}
    for step in plan.steps:
        after[step.association].update(step.minutes)
    return after


@given(desires, worlds)
def test_applying_a_plan_leaves_nothing_to_plan_but_associations_that_are_absent(desired, actual):
    plan = plan_limits(desired=desired, actual=actual, generation=1)
    again = plan_limits(desired=desired, actual=applied(plan, actual), generation=2)
    assert again.steps == again.drifts == ()
    assert again.absent == plan.absent
    assert again.matches == (not again.absent)


@given(desires, worlds)
def test_a_plan_touches_no_limit_that_the_ledger_does_not_name(desired, actual):
    after = applied(plan_limits(desired=desired, actual=actual, generation=1), actual)
    named = {(association_of(d.project), resource) for d in desired for resource in d.minutes}
    for name, holds in actual.items():
        for resource in {GPU, CPU} - {r for n, r in named if n == name}:
            assert after[name].get(resource) == holds.get(resource)


@given(desires, worlds)
def test_a_plan_has_a_step_exactly_where_something_differs(desired, actual):
    plan = plan_limits(desired=desired, actual=actual, generation=7)
    assert {s.project for s in plan.steps} == {d.project for d in plan.drifts}
    assert all(step.generation == 7 for step in plan.steps)


def test_a_limit_that_somebody_raised_by_hand_is_told_with_both_numbers():
    desired = [ProjectLimit(project=ProjectId("vision"), minutes={GPU: 600})]
    plan = plan_limits(desired=desired, actual={"vision": {GPU: 900}}, generation=3)
    assert plan.drifts == (
        Drift(project=ProjectId("vision"), resource=GPU, desired=600, actual=900),
    )
    assert plan.steps[0].minutes == {GPU: 600}


def test_a_project_without_an_association_is_told_and_not_guessed():
    desired = [ProjectLimit(project=ProjectId("vision"), minutes={GPU: 600})]
    plan = plan_limits(desired=desired, actual={"root": {}}, generation=1)
    assert plan.absent == ("vision",)
    assert plan.steps == ()
    assert not plan.matches


def test_two_projects_whose_names_differ_in_case_only_get_no_step_for_one_would_undo_the_other():
    desired = [
        ProjectLimit(project=ProjectId(name), minutes={GPU: 600}) for name in ("Vision", "vision")
    ]
    plan = plan_limits(desired=desired, actual={"vision": {}}, generation=1)
    assert plan.ambiguous == ("Vision", "vision")
    assert plan.steps == ()
    assert not plan.matches
