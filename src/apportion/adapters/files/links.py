"""Checks what requests say of each other: that it exists, and that it can ever be met."""

from collections.abc import Mapping, Sequence

from apportion.adapters.files.faults import Faults, near
from apportion.core.decide.problem import Ask


def check_links(asks: Sequence[Ask], lines: Mapping[str, int], faults: Faults) -> None:
    """Tells every requirement that names nobody, and every circle of requirements once."""
    needs: dict[str, Sequence[str]] = {ask.id: ask.requires for ask in asks}
    for ask in asks:
        for needed in ask.requires:
            if needed not in lines:
                faults.add(
                    what="no such request",
                    remedy=near(needed, lines)
                    if len(lines) <= 1000
                    else "Write the id of another row",
                    line=lines[ask.id],
                    field="requires",
                    value=needed,
                )
    _check_labels(asks, lines, faults)
    for circle in _circles(needs):
        faults.add(
            what="requests that require one another in a circle",
            remedy="Take one of these requirements away",
            line=lines[circle[0]],
            field="requires",
            value=" > ".join([*circle, circle[0]]),
        )


def _check_labels(asks: Sequence[Ask], lines: Mapping[str, int], faults: Faults) -> None:
    """Tells every request that can never be funded: what it requires, near or far, excludes it."""
    needs: dict[str, Sequence[str]] = {ask.id: ask.requires for ask in asks}
    labels: dict[str, str] = {ask.id: ask.either_or for ask in asks if ask.either_or}
    for ask in asks:
        if not ask.requires:
            continue
        holders: dict[str, str] = {}
        for name in [ask.id, *_all_required(needs, ask.id)]:
            label = labels.get(name)
            if label is not None and holders.setdefault(label, name) != name:
                faults.add(
                    what=f"it needs both {holders[label]} and {name}, of which only one is funded",
                    remedy="Take the label from one of the two, or the requirement away",
                    line=lines[ask.id],
                    field="requires" if holders[label] != ask.id else "either_or",
                    value=label,
                )
                break


def _all_required(needs: Mapping[str, Sequence[str]], start: str) -> list[str]:
    """Collects what a request requires and what that requires in turn."""
    found: dict[str, None] = {}
    waiting = list(reversed(needs[start]))
    while waiting:
        name = waiting.pop()
        if name not in found and name != start:
            found[name] = None
            waiting += reversed(needs.get(name, ()))
    return list(found)


def _circles(needs: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Finds circles by walking along requirements; each request is walked from once."""
    done: set[str] = set()
    found: list[list[str]] = []
    for start in needs:
        path: dict[str, None] = {}
        waiting: list[tuple[str, bool]] = [(start, True)]
        while waiting:
            name, entering = waiting.pop()
            if not entering:
                path.popitem()
                done.add(name)
            elif name in path:
                walked = list(path)
                found.append(walked[walked.index(name) :])
            elif name not in done and name in needs:
                path[name] = None
                waiting.append((name, False))
                waiting += [(needed, True) for needed in reversed(needs[name])]
    return found
