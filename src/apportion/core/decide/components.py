"""Who is linked to whom in a large round, directly or through others."""

from dataclasses import dataclass

import numpy as np

from apportion.core.decide.columns import Columns, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Links as arrays: each request's component, -1 where it has none."""

    component: Ints
    label_component: Ints
    need_component: Ints


def links_of(columns: Columns) -> Links:
    """Finds who is linked to whom, directly or through others."""
    parent = list(range(columns.count)) if columns.labels or len(columns.needs) else []

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for members in columns.labels:
        first = root(int(members[0]))
        for i in members.tolist():
            parent[root(i)] = first
    for i, j in columns.needs.tolist():
        parent[root(i)] = root(j)
    component = np.full(columns.count, -1)
    linked = {i for members in columns.labels for i in members.tolist()}
    linked |= set(columns.needs.ravel().tolist())
    numbers: dict[int, int] = {}
    for i in sorted(linked):
        component[i] = numbers.setdefault(root(i), len(numbers))
    return Links(
        component=component,
        label_component=np.array([component[m[0]] for m in columns.exclusive], np.int64),
        need_component=np.array([component[i] for i, _ in columns.needs.tolist()], np.int64),
    )
