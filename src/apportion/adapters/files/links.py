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
    for circle in _circles(needs):
        faults.add(
            what="requests that require one another in a circle",
            remedy="Take one of these requirements away",
            line=lines[circle[0]],
            field="requires",
            value=" > ".join([*circle, circle[0]]),
        )


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
