"""What a request requires through others: a row for each keeps fractions from thinning along a chain."""

from collections import deque
from collections.abc import Sequence

MOST_NEEDED = (
    12  # of each request, the nearest; rows for the rest of a long chain would tell little
)


def needed_through(needs: Sequence[Sequence[int]]) -> tuple[tuple[int, int], ...]:
    """Pairs of a request and one that must be funded for it to be, the nearest first."""
    return tuple((i, j) for i in range(len(needs)) if needs[i] for j in _nearest(needs, i))


def _nearest(needs: Sequence[Sequence[int]], i: int) -> list[int]:
    found: list[int] = []
    waiting = deque(needs[i])
    seen = {i, *needs[i]}
    while waiting and len(found) < MOST_NEEDED:
        j = waiting.popleft()
        found.append(j)
        waiting.extend(k for k in needs[j] if k not in seen)
        seen.update(needs[j])
    return found


def rivals(
    labels: Sequence[tuple[str, tuple[int, ...]]], needs: Sequence[Sequence[int]]
) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Groups of which at most one is funded, as each requires, or is, another member of one label.

    With fractions alone two of a label share it, each held at its minimum by one that requires it.
    No group has one that stands for two members, nor two that stand for one: whoever requires two
    members is never funded, and what follows from that is not said here.
    """
    needing: dict[int, list[int]] = {}
    for i, j in needed_through(needs):
        needing.setdefault(j, []).append(i)
    found: dict[tuple[str, tuple[int, ...]], None] = {}
    for label, members in labels:
        inside = frozenset(members)
        theirs = {m: [i for i in needing.get(m, ()) if i not in members] for m in members}
        for m in members:
            for i in theirs[m][:MOST_NEEDED]:
                alone = [i if k == m else k for k in members]
                together = [i if k == m else (theirs[k] or [k])[0] for k in members]
                for group in (alone, together):
                    if _stand_apart(needs, group, inside):
                        found[label, tuple(sorted(group))] = None
    return tuple(found)


def _stand_apart(
    needs: Sequence[Sequence[int]], group: Sequence[int], members: frozenset[int]
) -> bool:
    """Says whether each of a group is or requires other members than the rest of it do."""
    standing = [_closure(needs, i) & members for i in group]
    return sum(map(len, standing)) == len(frozenset().union(*standing))


def _closure(needs: Sequence[Sequence[int]], i: int) -> frozenset[int]:
    """The request and all that must be funded for it to be, however long the chain."""
    seen, waiting = {i}, [i]
    while waiting:
        fresh = [j for j in needs[waiting.pop()] if j not in seen]
        seen.update(fresh)
        waiting += fresh
    return frozenset(seen)
