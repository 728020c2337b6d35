"""Checks what requests say of each other: that it exists, and that it can ever be met."""

from collections.abc import Iterator, Mapping, Sequence

from apportion.adapters.files.faults import Faults, near
from apportion.core.decide.problem import Ask

MOST_STEPS = 300_000  # along requirements, in looking for requests that exclude what they need


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
    left = MOST_STEPS
    for ask in asks:
        if not ask.requires or not labels:
            continue
        holders: dict[str, str] = {}
        for name in _with_all_required(needs, ask.id):
            left -= 1
            if left < 0:  # one that is missed here is denied by the engine, which says why
                return
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


def _with_all_required(needs: Mapping[str, Sequence[str]], start: str) -> Iterator[str]:
    """Yields a request, what it requires, and what that requires in turn."""
    seen = {start}
    waiting = [start]
    while waiting:
        name = waiting.pop()
        yield name
        more = [needed for needed in dict.fromkeys(needs.get(name, ())) if needed not in seen]
        seen.update(more)
        waiting += reversed(more)


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
