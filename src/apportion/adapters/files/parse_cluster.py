"""Reads cluster.toml: a pool or nodes, and the groups that share them."""

from typing import Any

from apportion.adapters.files.faults import Faults
from apportion.adapters.files.toml_lines import Path, key_lines
from apportion.adapters.files.toml_reader import TomlReader
from apportion.adapters.files.toml_text import read_toml
from apportion.core.simulate.cluster import MOST_NODES, Cluster, Group, Nodes
from apportion.core.simulate.trace import MOST_PROCS

SCHEMA = "apportion.cluster/1"
KEYS = {
    "": ("schema", "pool", "groups", "placement", "nodes"),
    "pool": ("procs",),
    "group": ("parent", "share", "quota", "limit", "priority", "placement", "nodes"),
    "nodes": ("count", "gpus"),
}
GANG, POOL = "gang", "pool"
MOST_GPUS = 1024
MOST_SHARE = 1_000_000_000
MOST_PRIORITY = 1_000_000


def parse_cluster(data: bytes, file: str) -> Cluster:
    """Reads a cluster.

    Raises: BadInput, with every fault.
    """
    faults = Faults(file)
    held, text = read_toml(data, faults)
    cluster = _Reader(faults, held, key_lines(text), KEYS).cluster()
    faults.stop_if_any()
    return cluster


class _Reader(TomlReader):
    """Reads one table after the other and goes on after a fault."""

    def cluster(self) -> Cluster:
        """Reads everything; what could not be read has left a fault."""
        self._known((), self._held, "")
        if "schema" in self._held and self._held["schema"] != SCHEMA:
            self._fault(
                ("schema",), "not known", f'Write schema = "{SCHEMA}"', self._held["schema"]
            )
        tables = self._plain(("groups",), self._held.get("groups", {}))
        groups = tuple(self._group(name, one) for name, one in tables.items())
        nodes = self._nodes(("nodes",), self._held) if "nodes" in self._held else None
        self._placement((), self._held, nodes)
        cluster = Cluster(procs=self._procs(groups, nodes), nodes=nodes, groups=groups)
        self._check_parents(groups)
        if not self._faults.found:
            self._check_quotas(cluster)
        return cluster

    def _procs(self, groups: tuple[Group, ...], nodes: Nodes | None) -> int:
        on_nodes = nodes is not None or any(group.nodes is not None for group in groups)
        if "pool" not in self._held:
            if not on_nodes:
                remedy = "Write [pool] with procs, or nodes under a group with placement gang"
                self._fault(("pool",), "no pool and no nodes", remedy)
            return 0
        pool = self._table(("pool",), self._held["pool"], "pool")
        if on_nodes:
            remedy = "Leave one of the two out: jobs go to nodes or to a pool"
            self._fault(("pool",), "a pool beside nodes", remedy)
        return self._whole(("pool", "procs"), pool.get("procs"), 1, MOST_PROCS)

    def _group(self, name: str, held: object) -> Group:
        path: Path = ("groups", name)
        table = self._table(path, held, "group")
        nodes = self._nodes((*path, "nodes"), table) if "nodes" in table else None
        self._placement(path, table, nodes)
        parent = table.get("parent", "")
        if not isinstance(parent, str):
            self._fault((*path, "parent"), "not a name", "Write the name in quotes", parent)
            parent = ""
        return Group(
            name=name,
            parent=parent,
            share=self._given(path, table, "share", 1, MOST_SHARE) or 1,
            quota=self._given(path, table, "quota", 0, MOST_PROCS),
            limit=self._given(path, table, "limit", 1, MOST_PROCS),
            priority=self._given(path, table, "priority", -MOST_PRIORITY, MOST_PRIORITY) or 0,
            nodes=nodes,
        )

    def _placement(self, path: Path, table: dict[str, Any], nodes: Nodes | None) -> None:
        placement = table.get("placement", POOL if nodes is None else GANG)
        path = (*path, "placement")
        if placement not in {GANG, POOL}:
            self._fault(path, "not known", 'Write "gang" or "pool"', placement)
        elif placement == GANG and nodes is None:
            self._fault(path, "gang without nodes", "Add [[nodes]] with count and gpus", placement)
        elif placement == POOL and nodes is not None:
            self._fault(path, "nodes in a pool", 'Write placement = "gang"', placement)

    def _nodes(self, path: Path, table: dict[str, Any]) -> Nodes | None:
        held = table["nodes"]
        kinds = held if isinstance(held, list) else [held]
        read = [self._kind((*path, at), one) for at, one in enumerate(kinds)]
        if not read:
            self._fault(path, "no nodes", "Write count and gpus", held)
            return None
        if len({gpus for _, gpus in read}) > 1:
            remedy = "Make each kind a group of its own: a gang goes on nodes of one kind"
            self._fault(path, "nodes of several kinds", remedy)
        return Nodes(count=sum(count for count, _ in read), gpus=read[0][1])

    def _kind(self, path: Path, held: object) -> tuple[int, int]:
        table = self._table(path, held, "nodes")
        count = self._whole((*path, "count"), table.get("count"), 1, MOST_NODES)
        return count, self._whole((*path, "gpus"), table.get("gpus"), 1, MOST_GPUS)

    def _given(
        self, path: Path, table: dict[str, Any], key: str, least: int, most: int
    ) -> int | None:
        return self._whole((*path, key), table[key], least, most) if key in table else None

    def _whole(self, path: Path, held: object, least: int, most: int) -> int:
        if isinstance(held, bool) or not isinstance(held, int) or not least <= held <= most:
            what = "missing" if held is None else "not a whole number in range"
            self._fault(path, what, f"Write a whole number from {least} to {most}", held)
            return least
        return held

    def _check_parents(self, groups: tuple[Group, ...]) -> None:
        parents = {group.name: group.parent for group in groups}
        for name, parent in parents.items():
            path: Path = ("groups", name, "parent")
            if parent and parent not in parents:
                self._fault(path, "no such group", f"Add [groups.{parent}]", parent)
                continue
            above, steps = parent, 0
            while above and above in parents and steps <= len(parents):
                above, steps = parents[above], steps + 1
            if above:
                self._fault(path, "a group above itself", "Let the tree end at the top", parent)

    def _check_quotas(self, cluster: Cluster) -> None:
        """What groups can count on must be there."""
        have = {"": cluster.capacity} | {
            group.name: group.quota for group in cluster.groups if group.quota is not None
        }
        for parent, most in have.items():
            family = [group for group in cluster.groups if group.parent == parent]
            total = sum(group.quota or 0 for group in family)
            if total > most:
                place: Path = ("groups", parent, "quota") if parent else ("groups",)
                whose = f"group {parent}" if parent else "the cluster"
                what = f"quotas of {total} within {whose}, which has {most}"
                self._fault(place, what, "Lower quotas, or raise what holds them", total)
