"""Groups of a trace and of a cluster as one table of nodes, a parent before its children."""

from dataclasses import dataclass

import numpy as np

from apportion.core.simulate.cluster import Cluster, Group
from apportion.core.simulate.policy import Emergency
from apportion.core.simulate.tables import NODE, NONE, Table
from apportion.core.simulate.trace import Trace, Whole


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tree:
    """Names and rows of the nodes, and the leaf of each group of the trace."""

    names: tuple[str, ...]
    nodes: Table
    leaf_of: Whole


def grow(trace: Trace, cluster: Cluster, emergency: Emergency | None = None) -> Tree:
    """Lays the groups out.

    A group that the cluster does not list stands at the top with a share of 1. A group that has
    both jobs and groups below it gets a leaf of its own for its jobs.

    Shape: unlisted groups stand in the order of their first jobs, so that names change nothing.
    """
    groups = list(_downwards(cluster.groups))
    listed, parents = {group.name for group in groups}, {group.parent for group in groups}
    _, first = np.unique(trace.group, return_index=True)
    used = [trace.groups[trace.group[at]] for at in sorted(first.tolist())]
    groups += [Group(name=name) for name in used if name not in listed]
    groups += [
        Group(name=f"{name} itself", parent=name, priority=_priority(cluster, name))
        for name in used
        if name in parents and name
    ]
    place = {group.name: at for at, group in enumerate(groups)}
    nodes = np.zeros(len(groups), NODE)
    quotas = _quotas(groups, cluster.capacity)
    for at, group in enumerate(groups):
        row = nodes[at]
        row["parent"] = place[group.parent] if group.parent else NONE
        row["share"], row["quota"], row["priority"] = group.share, quotas[at], group.priority
        row["limit"] = NONE if group.limit is None else group.limit
        if emergency is not None:
            above = row["parent"]
            row["goes_first"] = group.name == emergency.group or (
                above >= 0 and nodes[above]["goes_first"]
            )
            row["exempt"] = group.name in emergency.exempt or (
                above >= 0 and nodes[above]["exempt"]
            )
    leaves = [
        place.get(f"{name} itself", place.get(name, NONE)) if name else place.get(name, NONE)
        for name in trace.groups
    ]
    return Tree(
        names=tuple(group.name for group in groups), nodes=nodes, leaf_of=np.array(leaves, np.int64)
    )


def quota_of(name: str, trace: Trace, cluster: Cluster) -> int:
    """What a group can count on, of this cluster shared by the groups of these jobs; 0: unknown."""
    tree = grow(trace, cluster)
    return int(tree.nodes[tree.names.index(name)]["quota"]) if name in tree.names else 0


def _downwards(groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """Puts parents before their children, otherwise in the order of the list."""
    told: dict[str, Group] = {}
    while len(told) < len(groups):
        ready = [
            group
            for group in groups
            if group.name not in told and (not group.parent or group.parent in told)
        ]
        told |= {group.name: group for group in ready}
    return tuple(told.values())


def _priority(cluster: Cluster, name: str) -> int:
    group = cluster.find(name)
    return group.priority if group is not None else 0


def _quotas(groups: list[Group], capacity: int) -> list[int]:
    """What each group can count on: what is written, else its share of what the others leave."""
    taken: dict[str, int] = {}
    shares: dict[str, int] = {}
    for group in groups:
        taken[group.parent] = taken.get(group.parent, 0) + (group.quota or 0)
        if group.quota is None:
            shares[group.parent] = shares.get(group.parent, 0) + group.share
    quotas, told = {"": capacity}, []
    for group in groups:
        left = max(0, quotas[group.parent] - taken[group.parent])
        own = left * group.share // shares[group.parent] if group.quota is None else group.quota
        told.append(own)
        if group.name:  # jobs without a group stand at the top, and nobody below them
            quotas[group.name] = own
    return told
