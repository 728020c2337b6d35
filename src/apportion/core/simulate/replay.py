"""Replays a trace on a cluster under a policy: who starts when, and what it costs."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from apportion.core.faults import Fault
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.simulate.cluster import Cluster, Nodes
from apportion.core.simulate.gang import run_gang
from apportion.core.simulate.gang_easy import run_gang_easy
from apportion.core.simulate.outcome import Loan, Replay
from apportion.core.simulate.policy import Emergency, Order, Policy
from apportion.core.simulate.pool import run_easy, run_fcfs
from apportion.core.simulate.shared import advance
from apportion.core.simulate.state import State, begin
from apportion.core.simulate.tables import JOB, NONE, RULES, WINDOW, Table
from apportion.core.simulate.trace import MOST_WORK, Trace, Whole
from apportion.core.simulate.tree import Tree, grow

INSTANTS_AT_ONCE = 20_000  # between two words about how far it is
GANG_ORDERS = (Order.FCFS, Order.EASY)
MOST_PLACES = 50_000_000  # nodes under all gangs of a trace together

Watch = Callable[[int, int], object]


class Setting(NamedTuple):
    """What is replayed."""

    trace: Trace
    cluster: Cluster
    policy: Policy
    emergency: Emergency | None


def replay(
    trace: Trace,
    cluster: Cluster,
    policy: Policy,
    *,
    emergency: Emergency | None = None,
    between: tuple[int, int] | None = None,
    watch: Watch | None = None,
) -> Replay:
    """Replays every job that the cluster could ever run; the others are told as rejects.

    Between two instants it counts what each group gets. `watch` is told how many jobs of how many have come. A replay that nothing changes gives the
    same starts, to the second.

    Refuses: INCOMPLETE where no job is left; OUT_OF_RANGE where the cluster has nothing, where the
        jobs together are more work than can be counted, or where nodes are asked to do what only
        a pool can; NOT_FOUND where the emergency is for a group that nobody knows.
    """
    if cluster.capacity < 1:
        remedy = "Give it processors, or nodes with GPUs."
        _refuse(Code.OUT_OF_RANGE, "a cluster of 0", remedy, capacity=cluster.capacity)
    if cluster.is_gang and (
        policy.order not in GANG_ORDERS or emergency is not None or policy.reclaim or policy.depth
    ):
        remedy = "Replay it under fcfs or easy, all of the queue, or describe it as one pool."
        _refuse(Code.OUT_OF_RANGE, "jobs on nodes go by time alone and are not stopped", remedy)
    kept = _leave_out(trace, cluster)
    if not len(kept):
        remedy = "Give jobs with a submit time, a duration and processors that fit the cluster."
        _refuse(Code.INCOMPLETE, "no job to replay", remedy, left_out=len(kept.rejects))
    if float(np.dot(kept.duration.astype(float), kept.procs)) > MOST_WORK:
        _refuse(Code.OUT_OF_RANGE, "the work of all jobs", "Replay fewer or honest jobs.")
    if cluster.is_gang:
        return _on_nodes(kept, cluster, policy)
    plain = policy.order in {Order.FCFS, Order.EASY} and not (policy.reclaim or policy.stop_lower)
    if (
        plain
        and emergency is None
        and between is None
        and not cluster.has_limits
        and not policy.depth
    ):
        return _on_pool(kept, cluster, policy)
    return _on_tree(Setting(kept, cluster, policy, emergency), between, watch)


def _refuse(code: Code, subject: str, remedy: str, **numbers: int) -> None:
    raise Refused([Refusal(code=code, subject=subject, remedy=remedy, numbers={**numbers})])


def _leave_out(trace: Trace, cluster: Cluster) -> Trace:
    """Leaves out whom the cluster could never run, and says so job by job."""
    most = np.array([_most(cluster, name) for name in trace.groups], np.int64)
    room = most[trace.group] if len(trace) else trace.procs
    fits = trace.procs <= room
    return trace.keep(
        fits,
        rejects=[_too_large(trace, int(at), int(room[at])) for at in np.flatnonzero(~fits)],
    )


def _most(cluster: Cluster, name: str) -> int:
    """The largest job of a group that can ever start; 0 where it has no place at all."""
    if cluster.is_gang:
        nodes = _nodes_of(cluster, name)
        return nodes.procs if nodes is not None else 0
    limits = [group.limit for group in cluster.chain(name) if group.limit is not None]
    return min([cluster.capacity, *limits])


def _nodes_of(cluster: Cluster, name: str) -> Nodes | None:
    """The nodes on which a group's jobs go: its own, or those for everybody."""
    group = cluster.find(name)
    return group.nodes if group is not None and group.nodes is not None else cluster.nodes


def _too_large(trace: Trace, at: int, room: int) -> Fault:
    group = trace.groups[trace.group[at]]
    if room == 0:
        what, remedy = f"group {group or '(none)'} has no nodes", "Give it nodes; it was left out"
    else:
        what = f"larger than the {room} that it could ever have"
        remedy = "Give the cluster more, or mend the size; it was left out"
    size = str(int(trace.procs[at]))
    return Fault(file="trace", field=f"job {trace.ids[at]}", value=size, what=what, remedy=remedy)


def _on_pool(trace: Trace, cluster: Cluster, policy: Policy) -> Replay:
    submit = trace.submit - trace.submit[0]
    if policy.order is Order.FCFS:
        starts = run_fcfs(submit, trace.duration, trace.procs, cluster.capacity)
    else:
        starts = run_easy(submit, trace.duration, trace.procs, trace.estimate, cluster.capacity)
    return _plain(trace, cluster, policy, starts + trace.submit[0])


def _on_nodes(trace: Trace, cluster: Cluster, policy: Policy) -> Replay:
    """Each group on its own nodes; those without share the nodes for everybody."""
    starts = np.zeros(len(trace), np.int64)
    common = np.zeros(len(trace), np.bool_)
    for at, name in enumerate(trace.groups):
        group = cluster.find(name)
        mine = trace.group == at
        if group is None or group.nodes is None:
            common |= mine
        elif mine.any():
            starts[mine] = _gang(trace, mine, group.nodes, policy.order)
    if cluster.nodes is not None and common.any():
        starts[common] = _gang(trace, common, cluster.nodes, policy.order)
    return _plain(trace, cluster, policy, starts)


def _gang(trace: Trace, which: NDArray[np.bool_], nodes: Nodes, order: Order) -> Whole:
    submit, procs = trace.submit[which], trace.procs[which]
    places = int((-(-procs // nodes.gpus)).sum())
    if places > MOST_PLACES:
        remedy = f"Replay fewer jobs at once: at most {MOST_PLACES} places."
        _refuse(Code.OUT_OF_RANGE, "nodes under all gangs", remedy, places=places)
    columns, size = (submit - submit[0], trace.duration[which], procs), (nodes.count, nodes.gpus)
    if order is Order.EASY:
        starts = run_gang_easy(*columns, trace.estimate[which], *size)
    else:
        starts = run_gang(*columns, *size)
    told: Whole = starts + submit[0]
    return told


def _plain(trace: Trace, cluster: Cluster, policy: Policy, starts: Whole) -> Replay:
    return Replay(
        trace=trace,
        cluster=cluster,
        policy=policy,
        emergency=None,
        starts=starts,
        ends=starts + trace.duration,
        lost=np.zeros(len(trace), np.int64),
    )


def _on_tree(setting: Setting, between: tuple[int, int] | None, watch: Watch | None) -> Replay:
    trace, cluster, policy, emergency = setting
    tree = grow(trace, cluster, emergency)
    if emergency is not None and emergency.group not in tree.names:
        remedy = "Name a group of the cluster or of the trace."
        _refuse(Code.NOT_FOUND, f"the group {emergency.group}", remedy)
    origin = int(trace.submit[0])
    since, until = between or (origin, origin)
    rules = _rules(policy, cluster.capacity)
    rules["watch_from"], rules["watch_until"] = since - origin, until - origin
    state = begin(
        jobs=_jobs(trace, tree, origin),
        nodes=tree.nodes,
        rules=rules,
        window=_window(emergency, tree, origin),
    )
    while not advance(state, INSTANTS_AT_ONCE):
        if watch is not None:
            watch(int(state.clock["arrived"][0]), len(trace))
    if watch is not None:
        watch(len(trace), len(trace))
    return _told(state, tree, setting)


def _told(state: State, tree: Tree, setting: Setting) -> Replay:
    trace, origin = setting.trace, int(setting.trace.submit[0])
    repaid = int(state.clock["repaid"][0])
    return Replay(
        trace=trace,
        cluster=setting.cluster,
        policy=setting.policy,
        emergency=setting.emergency,
        starts=state.jobs["first"] + origin,
        ends=state.jobs["ended"] + origin,
        lost=state.jobs["lost"] * trace.procs,
        preemptions=int(state.clock["preemptions"][0]),
        loans=_loans(state, tree),
        served=tuple(zip(tree.names, state.nodes["served"].tolist(), strict=True)),
        repaid_at=None if repaid == NONE else repaid + origin,
    )


def _jobs(trace: Trace, tree: Tree, origin: int) -> Table:
    jobs = np.zeros(len(trace), JOB)
    jobs["submit"], jobs["procs"] = trace.submit - origin, trace.procs
    jobs["leaf"] = tree.leaf_of[trace.group]
    jobs["left"], jobs["guess"] = trace.duration, trace.estimate
    return jobs


def _rules(policy: Policy, capacity: int) -> Table:
    rules = np.zeros(1, RULES)
    told = {
        "capacity": capacity,
        "period": policy.period,
        "checkpoint": policy.checkpoint,
        "restart": policy.restart,
        "backfill": policy.order is not Order.FCFS,
        "depth": policy.depth,
        "reclaim": policy.reclaim,
        "by_class": policy.order is Order.PRIORITY,
        "by_usage": policy.order is Order.FAIR_SHARE,
        "stop_lower": policy.stop_lower and policy.order is Order.PRIORITY,
        "decay": 0.5 ** (policy.period / policy.half_life) if policy.half_life else 1.0,
    }
    for name, value in told.items():
        rules[name] = value
    return rules


def _window(emergency: Emergency | None, tree: Tree, origin: int) -> Table:
    window = np.zeros(1, WINDOW)
    if emergency is None:
        window["node"], window["payback_whole"] = NONE, 1
        return window
    window["node"] = tree.names.index(emergency.group)
    window["start"], window["until"] = emergency.starts_at - origin, emergency.ends_at - origin
    window["amount"], window["preempt"] = emergency.amount, emergency.preempt
    window["payback_part"] = emergency.payback.numerator
    window["payback_whole"] = emergency.payback.denominator
    return window


def _loans(state: State, tree: Tree) -> tuple[Loan, ...]:
    return tuple(
        Loan(group=name, lent=int(row["lent_most"]), owed=int(row["lent"]))
        for name, row in zip(tree.names, state.nodes, strict=True)
        if row["lent_most"]
    )
