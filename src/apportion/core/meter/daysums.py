"""The scheduler's own total of a UTC day, added up from its rows and from nothing of the books.

It shares no step with the reader that makes charges, so that a fault there shows as a difference.
"""

from collections.abc import Iterable

from apportion.core.meter.cut import Span

SEPARATOR = b"|"


def sum_rows(
    rows: Iterable[bytes], *, columns: tuple[str, ...], day: Span
) -> dict[tuple[str, str], int]:
    """Sums what each account's runs used inside a span, by resource. Units: unit-seconds.

    Shape: rows of sacct with `|` between fields, epoch seconds, one row a run; a pause while a job
        was suspended is left out at its end. A row that says nothing that can be added is not.
    """
    place = {name: at for at, name in enumerate(columns)}
    runs: dict[tuple[bytes, ...], tuple[str, int, dict[str, int]]] = {}
    for row in rows:
        cells = row.rstrip(b"\n").split(SEPARATOR)
        if len(cells) < len(columns) - 1 or b"." in cells[place["jobidraw"]]:
            continue
        start, elapsed = cells[place["start"]], cells[place["elapsedraw"]]
        if not (start.isdigit() and elapsed.isdigit()):
            continue
        low = int(start)
        inside = min(low + int(elapsed), day[1]) - max(low, day[0])
        if inside <= 0:
            continue
        key = tuple(cells[place[name]] for name in ("jobidraw", "submit", "start"))
        account = cells[place["account"]].decode(errors="replace")
        units = _units(cells[place["alloctres"]].decode(errors="replace"))
        runs[key] = max(runs.get(key, (account, 0, {})), (account, inside, units), key=_seconds)
    sums: dict[tuple[str, str], int] = {}
    for account, inside, units in runs.values():
        for resource, count in units.items():
            sums[account, resource] = sums.get((account, resource), 0) + count * inside
    return sums


def _seconds(run: tuple[str, int, dict[str, int]]) -> int:
    return run[1]


def _units(text: str) -> dict[str, int]:
    """Reads processors and GPUs out of AllocTRES; untyped GPUs are what the typed ones leave."""
    pairs = dict(part.partition("=")[::2] for part in text.split(",") if "=" in part)
    counts = {name: int(count) for name, count in pairs.items() if count.isdigit()}
    found = {name[5:]: n for name, n in counts.items() if name.startswith("gres/gpu:")}
    found["gpu"] = counts.get("gres/gpu", 0) - sum(found.values())
    found["cpu"] = counts.get("cpu", 0)
    return {name: count for name, count in found.items() if count > 0}
