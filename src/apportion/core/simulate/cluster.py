"""A cluster as a replay sees it: one pool, or nodes with GPUs, shared by a tree of groups."""

from dataclasses import dataclass

MOST_NODES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Nodes:
    """Nodes of one kind, on which jobs are placed as gangs."""

    count: int
    gpus: int

    @property
    def procs(self) -> int:
        """All GPUs together."""
        return self.count * self.gpus


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Who shares the cluster. `nodes` are a group's own, where its jobs are placed as gangs.

    Units: `quota` (what it can count on; None: its share of what its parent has) and `limit` (the
        most it may use; None: no limit) in processors.
    """

    name: str
    parent: str = ""
    share: int = 1
    quota: int | None = None
    limit: int | None = None
    priority: int = 0
    nodes: Nodes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """One pool of `procs`, or `nodes` for everybody, or groups that have nodes of their own.

    Shape: group names differ; a parent is a group of the list, and no group is above itself.
    """

    procs: int = 0
    nodes: Nodes | None = None
    groups: tuple[Group, ...] = ()

    @property
    def is_gang(self) -> bool:
        """Whether jobs need places on nodes, not only processors."""
        return self.nodes is not None or any(group.nodes is not None for group in self.groups)

    @property
    def capacity(self) -> int:
        """Processors or GPUs of the whole cluster."""
        own = sum(group.nodes.procs for group in self.groups if group.nodes is not None)
        return own + (self.nodes.procs if self.nodes is not None else self.procs)

    @property
    def has_limits(self) -> bool:
        """Whether groups may be held below what is free."""
        return any(group.limit is not None for group in self.groups)

    def find(self, name: str) -> Group | None:
        """The group of this name."""
        return next((group for group in self.groups if group.name == name), None)

    def chain(self, name: str) -> tuple[Group, ...]:
        """The group of this name and those above it, the top last; empty where it is not listed."""
        found, group = [], self.find(name)
        while group is not None:
            found.append(group)
            group = self.find(group.parent)
        return tuple(found)
