"""On which line each key of a TOML text stands, so that a fault can point at it."""

import re

Path = tuple[str | int, ...]

_PART = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*(\.|$)""")


def key_lines(text: str) -> dict[Path, int]:
    """Maps each table and key to its line; entries of an array of tables are numbered from 0.

    A scan, not a parser: what it does not understand it leaves out.
    """
    lines: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if line.startswith("[[") and "]]" in line:
            path = _key_path(line[2 : line.rindex("]]")])
            place = counts.get(path, 0)
            counts[path] = place + 1
            table = (*path, place)
            lines.setdefault(path, number)
            lines[table] = number
        elif line.startswith("[") and "]" in line:
            table = _inside(_key_path(line[1 : line.rindex("]")]), counts)
            lines.setdefault(table, number)
        elif "=" in line and not line.startswith("#"):
            path = _key_path(line[: _equals(line)])
            if path:
                lines.setdefault((*table, *path), number)
    return lines


def line_of(lines: dict[Path, int], path: Path) -> int | None:
    """The line of a key, or of the nearest table around it that has one."""
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return None


def _inside(path: Path, counts: dict[Path, int]) -> Path:
    """Puts a sub-table below the latest entry of an array of tables."""
    for size in range(len(path), 0, -1):
        if path[:size] in counts:
            return (*path[:size], counts[path[:size]] - 1, *path[size:])
    return path


def _equals(line: str) -> int:
    """Where the key ends: the first equals sign outside quotes."""
    quote = ""
    for place, sign in enumerate(line):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign == "=":
            return place
    return 0


def _key_path(text: str) -> Path:
    parts: list[str] = []
    place = 0
    while match := _PART.match(text, place):
        parts.append(next(part for part in match.groups()[:3] if part is not None))
        place = match.end()
        if place == len(text):
            return tuple(parts)
    return ()
