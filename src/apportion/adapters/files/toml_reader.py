"""Reads tables of TOML and notes every fault with its line and path; whoever reads, goes on."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

from apportion.adapters.files.faults import Faults, near
from apportion.adapters.files.toml_lines import Path, line_of
from apportion.core.ids import ID_REMEDY, ResourceCode, is_id
from apportion.core.units import Resource, parse_decimal, parse_quantity


class TomlReader:
    """What every reader of a TOML file does; what could not be read has left a fault."""

    def __init__(
        self,
        faults: Faults,
        held: dict[str, Any],
        lines: dict[Path, int],
        keys: Mapping[str, tuple[str, ...]],
    ) -> None:
        self._faults, self._held, self._lines, self._keys = faults, held, lines, keys
        self._resources: dict[str, Resource] = {}

    def _amounts(self, path: Path, held: object) -> dict[ResourceCode, int]:
        """Reads amounts per resource, in display units; what cannot be read is left out."""
        found: dict[ResourceCode, int] = {}
        for code, value in self._plain(path, held).items():
            if code not in self._resources:
                self._fault((*path, code), "no such resource", near(code, self._resources), code)
                continue
            unit = self._resources[code].unit
            amount = self._quantity((*path, code), value, partial(parse_quantity, unit=unit))
            if amount is not None:
                found[ResourceCode(code)] = amount
        return found

    def _share(self, path: Path, held: object) -> Fraction:
        value = self._number(path, held)
        if value >= 1:
            self._fault(path, "not a share", "Write a number from 0 to less than 1", held)
            return Fraction(0)
        return value

    def _number(self, path: Path, held: object) -> Fraction:
        value = self._quantity(path, held, parse_decimal)
        return Fraction(value) if value is not None else Fraction(0)

    def _quantity(self, path: Path, held: object, parse: Callable[[str], Any]) -> Any:
        if isinstance(held, bool) or not isinstance(held, int | str | Decimal):
            self._fault(path, "not a number", "Write a plain number such as 1200 or 0.25", held)
            return None
        return self._faults.attempt(
            parse, str(held), line=line_of(self._lines, path), field=_dotted(path)
        )

    def _id(self, path: Path, held: object) -> str:
        if not isinstance(held, str) or not is_id(held):
            self._fault(path, "missing or not an id", ID_REMEDY, held)
            return str(held)
        return held

    def _text(self, path: Path, held: object) -> str:
        if not isinstance(held, str) or not held.strip() or not held.isprintable():
            self._fault(path, "missing or not a line of text", 'Write text in quotes: "..."', held)
            return ""
        return held

    def _tables(self, key: str) -> list[dict[str, Any]]:
        held = self._held.get(key, [])
        if not isinstance(held, list) or not all(isinstance(one, dict) for one in held):
            self._fault((key,), "not a list of tables", f"Write [[{key}]] before each", held)
            return []
        return held

    def _table(self, path: Path, held: object, kind: str) -> dict[str, Any]:
        table = self._plain(path, held)
        self._known(path, table, kind)
        return table

    def _plain(self, path: Path, held: object) -> dict[str, Any]:
        if not isinstance(held, dict):
            self._fault(path, "not a table", f"Write [{_dotted(path)}] and its keys below", held)
            return {}
        return held

    def _known(self, path: Path, held: Mapping[str, Any], kind: str) -> None:
        for key in held:
            if key not in self._keys[kind]:
                self._fault((*path, key), "unknown key", near(key, self._keys[kind]), key)

    def _unique(self, kind: str, ids: list[str]) -> None:
        for place, name in enumerate(ids):
            if name in ids[:place]:
                self._fault((kind, place, "id"), "repeated", "Give each its own id", name)

    def _fault(self, path: Path, what: str, remedy: str, value: object = None) -> None:
        self._faults.add(
            what=what,
            remedy=remedy,
            line=line_of(self._lines, path),
            field=_dotted(path),
            value=value,
        )


def _dotted(path: Path) -> str:
    """Writes a path as people do: `areas[0].floor.gpu:h100`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")
