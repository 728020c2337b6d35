"""Limits in the office: ordered, carried out, read back, and believed only then."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from apportion.apps.enforce.actions import apply_limits, check_limits, record_readback
from apportion.apps.enforce.models import Counter, CounterAlarm, Lever, Order
from apportion.apps.enforce.queries import (
    LeverKind,
    Pull,
    cluster_states,
    gather_desired,
    list_alarms,
    list_limits,
    list_orders,
)
from apportion.apps.enforce.watching import acknowledge_alarm, pull_levers
from apportion.apps.ledger.queries import tip
from apportion.apps.rounds.queries import resource_units
from apportion.core.enforce.plan import Verb
from apportion.core.enforce.preflight import Setup
from apportion.core.enforce.tree import Association, Tree
from apportion.core.faults import WorldError
from apportion.core.ledger import Kind, TransferCode
from apportion.core.refusals import Code, Refused
from tests.apps.enforce.books import give
from tests.apps.small_lab import GPU, HOUR, NOW, file_request
from tests.core.enforce.scheduler import carried_out

pytestmark = pytest.mark.django_db
SAFE = {
    "AccountingStorageEnforce": "associations,limits,qos,safe",
    "AccountingStorageTRES": "cpu,gres/gpu,gres/gpu:h100",
    "PriorityDecayHalfLife": "00:00:00",
    "PriorityUsageResetPeriod": "NONE",
}


@dataclass
class Cluster:
    """A scheduler that holds limits in memory, in Slurm's manner: named ones set, others kept."""

    tree: Tree
    name: str = "testbed"
    config: dict = field(default_factory=lambda: dict(SAFE))
    deaf: set = field(default_factory=set)
    down: bool = False
    ordered: list = field(default_factory=list)
    before_orders: object = None
    waited: list = field(default_factory=list)

    def read_tree(self, *, qos=False):
        if self.down:
            raise WorldError("Connection refused", retryable=True)
        return self.tree

    def read_setup(self):
        return Setup(config=self.config)

    def carry_out(self, steps):
        self.ordered.append(steps)
        heard = [step for step in steps if step.association not in self.deaf]
        self.tree = carried_out(heard, self.tree)
        return [Refusing(step) for step in steps if step.association in self.deaf]

    def describe(self, step):
        return f"{step.verb.value} {step.association}"

    def pause(self, seconds):
        self.waited.append(seconds)

    def set(self, name, **changes):
        there = replace(self.tree.associations[name], **changes)
        self.tree = Tree(associations={**self.tree.associations, name: there})

    def minutes(self):
        return {name: dict(one.minutes) for name, one in self.tree.associations.items()}


@dataclass
class Refusing:
    step: object
    said: str = "Nothing modified"


def cluster(**minutes):
    return Cluster(
        Tree(
            associations={
                name: Association(name=name, minutes=holds, used={GPU: 0})
                for name, holds in minutes.items()
            }
        )
    )


@pytest.fixture
def given(spring, folk):
    """Two projects: `alpha` was given 10 GPU-hours, `beta` 2 and a half minutes more than 20."""
    for slug in ("alpha", "beta"):
        file_request(spring, folk["ann"], slug)
    give("pool", 0, Kind.ISSUED, Kind.POOL, 100 * HOUR)
    give("alpha", 1, Kind.POOL, Kind.PROJECT, 10 * HOUR)
    give("beta", 2, Kind.POOL, Kind.PROJECT, 20 * HOUR + 150)
    return folk


def minutes(now=NOW):
    return {str(d.project): dict(d.minutes) for d in gather_desired(now=now)}


def test_the_limit_is_what_was_given_in_whole_minutes(given):
    assert minutes() == {"alpha": {GPU: 600}, "beta": {GPU: 1202}}


def test_usage_lowers_no_limit_for_the_scheduler_counts_it_by_itself(given):
    give("alpha", 3, Kind.PROJECT, Kind.CONSUMED, 4 * HOUR, code=TransferCode.SETTLE)
    assert minutes()["alpha"] == {GPU: 600}


def test_what_is_taken_back_lowers_the_limit(given):
    taken = {"code": TransferCode.REFUND, "back": True}
    give("alpha", 3, Kind.POOL, Kind.PROJECT, 4 * HOUR, **taken)
    assert minutes()["alpha"] == {GPU: 360}


def test_a_grant_that_has_not_begun_opens_nothing_yet(given):
    start = NOW + timedelta(days=1)
    give("alpha", 3, Kind.POOL, Kind.PROJECT, HOUR, at=start)
    assert minutes(now=start - timedelta(seconds=1))["alpha"] == {GPU: 600}
    assert minutes(now=start)["alpha"] == {GPU: 660}


def applied():
    return {limit.project.slug: limit.applied for limit in list_limits()}


def test_a_limit_counts_as_applied_only_after_the_scheduler_said_so(given):
    slurm = cluster(alpha={}, beta={GPU: 5})
    outcome = apply_limits(scheduler=slurm, by=given["ops"], now=NOW)
    assert {step.project for step in outcome.before.steps} == {"alpha", "beta"}
    assert outcome.after.matches
    assert slurm.minutes() == {"alpha": {GPU: 600}, "beta": {GPU: 1202}}
    assert all(limit.applied and limit.read_at == NOW for limit in list_limits())
    [order] = list_orders()
    assert (order.by, order.generation, order.in_force_at) == (given["ops"], 1, NOW)


def test_planning_applies_nothing_and_keeps_what_it_found_with_the_mend(given):
    slurm = cluster(alpha={}, beta={})
    check_limits(scheduler=slurm, now=NOW)
    assert (slurm.ordered, list_orders()) == ([], [])
    [state] = cluster_states()
    assert not state.matches
    assert state.found[0]["mend"] == "set limit alpha"


def test_applying_twice_sends_no_second_order(given):
    slurm = cluster(alpha={}, beta={})
    apply_limits(scheduler=slurm, by=given["ops"], now=NOW)
    again = apply_limits(scheduler=slurm, by=given["ops"], now=NOW)
    assert (again.before.steps, len(slurm.ordered), len(list_orders())) == ((), 1, 1)
    assert again.after.matches


def test_all_orders_go_out_in_one_batch(given):
    slurm = cluster(alpha={}, beta={})
    apply_limits(scheduler=slurm, by=given["ops"], now=NOW)
    assert [len(batch) for batch in slurm.ordered] == [2]


def test_a_project_that_the_scheduler_refuses_stops_no_other(given):
    slurm = cluster(alpha={}, beta={})
    slurm.deaf.add("alpha")
    outcome = apply_limits(scheduler=slurm, by=given["ops"], now=NOW)
    assert outcome.failures == ("alpha: set limit: Nothing modified",)
    assert applied() == {"alpha": False, "beta": True}
    [order] = list_orders()
    assert (order.failures, order.in_force_at) == (list(outcome.failures), None)


def test_a_change_by_hand_is_found_and_shown_as_not_applied(given):
    slurm = cluster(alpha={}, beta={})
    apply_limits(scheduler=slurm, by=given["ops"], now=NOW)
    slurm.set("beta", minutes={GPU: 9999})
    [step] = check_limits(scheduler=slurm, now=NOW + timedelta(hours=1)).steps
    assert (step.project, step.reason) == (
        "beta",
        "gpu:h100 should be 1202 minutes and is 9999 minutes",
    )
    assert applied() == {"alpha": True, "beta": False}


def test_a_plan_that_is_not_the_newest_any_more_is_refused(given):
    slurm = cluster(alpha={}, beta={})
    generation = check_limits(scheduler=slurm, now=NOW).generation
    apply_limits(scheduler=slurm, by=given["ops"], now=NOW, expected=generation)
    slurm.set("beta", minutes={GPU: 1})
    with pytest.raises(Refused) as refused:
        apply_limits(scheduler=slurm, by=given["ops"], now=NOW, expected=generation)
    assert refused.value.refusals[0].code is Code.STALE_PREVIEW
    assert slurm.minutes()["beta"] == {GPU: 1}


def test_an_answer_to_older_orders_says_nothing_about_newer_ones(given):
    slurm = cluster(alpha={}, beta={})
    apply_limits(scheduler=slurm, by=given["ops"], now=NOW)
    older = cluster(alpha={GPU: 1}, beta={}).tree
    assert record_readback(cluster="testbed", tree=older, generation=0, now=NOW) == 0
    assert applied() == {"alpha": True, "beta": True}


def test_an_unsafe_cluster_gets_no_order_and_is_told_with_the_mend(given):
    slurm = cluster(alpha={}, beta={})
    slurm.config["PriorityDecayHalfLife"] = "7-00:00:00"
    with pytest.raises(Refused, match="APPORTION_LIMITS_BY=qos"):
        apply_limits(scheduler=slurm, by=given["ops"], now=NOW)
    assert (slurm.ordered, list_limits()) == ([], [])


def test_a_scheduler_that_does_not_answer_is_kept_as_such(given):
    slurm = cluster(alpha={})
    slurm.down = True
    with pytest.raises(WorldError):
        check_limits(scheduler=slurm, now=NOW)
    [state] = cluster_states()
    assert (state.error, state.matches) == ("Connection refused", False)


@pytest.mark.parametrize("who", ["ann", "rev", "eve", "aud"])
def test_applying_is_refused_to_all_but_operators(given, who):
    with pytest.raises(Refused, match="holds no role"):
        apply_limits(scheduler=cluster(), by=given[who], now=NOW)
    assert list_limits() == []


def test_people_and_licences_are_no_business_of_the_scheduler(given):
    assert set(resource_units()) >= {GPU}
    assert all(set(limits) == {GPU} for limits in minutes().values())


def test_members_of_a_new_account_are_the_lead_and_who_works_on_the_project(given):
    slurm = cluster(beta={GPU: 1202})
    apply_limits(scheduler=slurm, by=given["ops"], now=NOW)
    there = slurm.tree.associations["alpha"]
    assert (there.parent, there.members) == ("apportion", {"ann"})


def test_a_counter_that_falls_lowers_the_limit_by_as_much_and_raises_one_alarm(given):
    slurm = cluster(alpha={}, beta={})
    apply_limits(scheduler=slurm, by=given["ops"], now=NOW)
    slurm.set("alpha", used={GPU: 300}, running=1)
    check_limits(scheduler=slurm, now=NOW)
    slurm.set("alpha", used={GPU: 20})
    for _ in range(2):
        apply_limits(scheduler=slurm, by=given["ops"], now=NOW)
    assert slurm.minutes()["alpha"] == {GPU: 320}  # 600 less the 280 that were forgotten
    [alarm] = list_alarms(waiting=True)
    assert (alarm.was_minutes, alarm.now_minutes, alarm.lost_minutes) == (300, 20, 280)
    assert not Lever.objects.exists()  # this site fails open


def test_where_the_site_fails_closed_a_fallen_counter_holds_the_project_until_it_is_read(
    given, settings
):
    settings.APPORTION_FAIL_MODE = "closed"
    slurm = cluster(alpha={}, beta={})
    slurm.set("alpha", used={GPU: 300})
    apply_limits(scheduler=slurm, by=given["ops"], now=NOW)
    slurm.set("alpha", used={GPU: 0})
    apply_limits(scheduler=slurm, by=given["ops"], now=NOW)
    assert slurm.tree.associations["alpha"].submit_jobs == 0
    acknowledge_alarm(number=CounterAlarm.objects.get().pk, by=given["ops"], now=NOW)
    apply_limits(scheduler=slurm, by=given["ops"], now=NOW)
    assert slurm.tree.associations["alpha"].submit_jobs is None
    assert not Lever.objects.exists()


def test_usage_that_the_books_knew_before_the_counter_began_comes_off_without_an_alarm(given):
    give("alpha", 3, Kind.PROJECT, Kind.CONSUMED, 4 * HOUR, code=TransferCode.SETTLE)
    slurm = cluster(alpha={}, beta={})
    apply_limits(scheduler=slurm, by=given["ops"], now=NOW)
    assert slurm.minutes()["alpha"] == {GPU: 360}
    assert (Counter.objects.get(project__slug="alpha").lost_minutes, list_alarms()) == (240, [])


def test_levers_of_a_directive_are_pulled_and_let_go_with_it(given):
    slurm = cluster(alpha={}, beta={})
    pulls = [
        Pull(project="alpha", kind=LeverKind.HOLD, source="directive x", reason="put aside"),
        Pull(project="beta", kind=LeverKind.BOOST, source="directive x", reason="goes first"),
    ]
    assert pull_levers(pulls=pulls, prefix="directive ", now=NOW) == 2
    assert pull_levers(pulls=pulls, prefix="directive ", now=NOW) == 0
    done = apply_limits(scheduler=slurm, by=given["ops"], now=NOW)
    verbs = {step.verb for step in done.before.steps}
    assert verbs >= {Verb.HOLD, Verb.ADD_BOOST, Verb.BOOST}
    assert slurm.tree.associations["alpha"].submit_jobs == 0
    assert pull_levers(pulls=[], prefix="directive ", now=NOW) == 2
    apply_limits(scheduler=slurm, by=given["ops"], now=NOW)
    assert slurm.tree.associations["alpha"].submit_jobs is None
    assert "codered" not in slurm.tree.associations["beta"].qos
    assert not Lever.objects.exists()


def test_every_batch_of_orders_is_sealed_in_the_journal(given):
    before = tip().size
    apply_limits(scheduler=cluster(alpha={}, beta={}), by=given["ops"], now=NOW)
    assert tip().size == before + 1
    assert Order.objects.count() == 1
