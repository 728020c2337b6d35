"""Queues from grants: every unit shared out once, nothing for who has nothing left."""

from hypothesis import given
from hypothesis import strategies as st

from apportion.core.enforce.kueue import Budget, Flavor, Kind, Site, desired_queues
from apportion.core.enforce.kueue_plan import Held, place_of, plan_queues
from apportion.core.ids import ProjectId, ResourceCode

GPU = ResourceCode("gpu:h100")
H100 = Flavor(name="h100", resource=GPU, kube_resource="nvidia.com/gpu", units=64)
SITE = Site(cluster="c", cohort="lab", flavors=(H100,), max_share_percent=50)
QUOTA = "quota h100 nvidia.com/gpu"


def budget(name, given, left):
    return Budget(project=ProjectId(name), area="a", given={GPU: given}, left={GPU: left})


def queues(budgets):
    wanted = desired_queues(budgets, site=SITE).wanted
    return {one.name: one.fields for one in wanted if one.kind is Kind.CLUSTER_QUEUE}


@given(st.lists(st.tuples(st.integers(0, 10**12), st.integers(-(10**6), 10**12)), max_size=90))
def test_every_unit_is_shared_out_once_among_those_with_something_left(amounts):
    budgets = [budget(f"p{n}", given, left) for n, (given, left) in enumerate(amounts)]
    held = queues(budgets)
    nominal = {name: int(fields[QUOTA].split("+")[0]) for name, fields in held.items()}
    with_some = [b for b in budgets if b.left[GPU] > 0 and b.given[GPU] > 0]
    assert sum(nominal.values()) == (64 if with_some else 0)
    for one in budgets:
        fields = held[one.project]
        stopped = one.left[GPU] <= 0
        assert fields["stop"] == ("Hold" if stopped else "None")
        if stopped:
            assert fields[QUOTA] == "0+0"


def test_what_a_project_may_hold_at_once_is_bounded():
    held = queues([budget("a", 1, 1), budget("b", 3, 3)])
    assert (held["a"][QUOTA], held["b"][QUOTA]) == ("16+16", "48+0")


def test_names_that_kubernetes_does_not_take_or_cannot_tell_apart_are_told():
    budgets = [budget(name, 1, 1) for name in ("a_b", "Depth", "depth", "fine")]
    desired = desired_queues(budgets, site=SITE)
    assert (desired.unnameable, desired.ambiguous) == (("a_b",), ("Depth", "depth"))
    assert set(queues(budgets)) == {"fine"}


def test_no_project_needs_no_object():
    assert desired_queues([], site=SITE).wanted == ()


def test_what_no_project_answers_for_is_named_and_left_alone():
    gone = Held(kind=Kind.CLUSTER_QUEUE, name="gone", fields={}, ours=True)
    theirs = Held(kind=Kind.CLUSTER_QUEUE, name="theirs", fields={})
    actual = {place_of(one): one for one in (gone, theirs)}
    planned = plan_queues(desired=desired_queues([], site=SITE), actual=actual, generation=1)
    assert planned.orphans == (place_of(gone),)
    assert planned.steps == ()
