"""Reads claim.toml as `apportion claim check` takes it: a statement about shares."""

import re
from fractions import Fraction
from typing import Any

from apportion.adapters.files.faults import Faults, near
from apportion.adapters.files.toml_lines import Path, key_lines
from apportion.adapters.files.toml_reader import TomlReader
from apportion.adapters.files.toml_text import read_toml
from apportion.core.claims.claim import ALL, Claim, Comparison, Definition, Measure
from apportion.core.claims.months import months_of

SCHEMA = "apportion.claim/1"
KEYS = {
    "": (
        "schema",
        "statement",
        "resource",
        "period",
        "measure",
        "comparison",
        "counts",
        "alternatives",
    ),
    "counts": ("name", "areas", "left_out"),
    "alternatives": ("name", "areas", "left_out"),
}
SAID = re.compile(r"(over|at least|less than|at most)\s+(\S+)")
REMEDY_SAID = 'Write "over 0.5", "at least 0.3", "less than 0.2" or "at most 0.2"'
REMEDY_PERIOD = 'Write a year, a quarter or a month: "2026", "2026-Q1" or "2026-03"'


def parse_statement(data: bytes, file: str) -> Claim:
    """Reads a statement about shares.

    Raises: BadInput with every fault.
    """
    faults = Faults(file)
    held, text = read_toml(data, faults)
    claim = _Reader(faults, held, key_lines(text), KEYS).claim()
    faults.stop_if_any()
    return claim


class _Reader(TomlReader):
    """Reads one key after the other and goes on after a fault."""

    def claim(self) -> Claim:
        """Reads everything; what could not be read has left a fault."""
        self._known((), self._held, "")
        schema = self._held.get("schema")
        if schema != SCHEMA:
            self._fault(("schema",), "missing or not known", f'Write schema = "{SCHEMA}"', schema)
        comparison, limit = self._said()
        measure = self._measure()
        resource = self._text(("resource",), self._held.get("resource"))
        if resource == ALL and measure is not Measure.CHARGED:
            remedy = 'Name a resource or a kind such as "gpu", or measure = "charged"'
            self._fault(("resource",), "different resources do not add up", remedy, resource)
        return Claim(
            statement=self._text(("statement",), self._held.get("statement")),
            resource=resource,
            period=self._period(),
            measure=measure,
            comparison=comparison,
            limit=limit,
            counts=self._definition(("counts",), self._held.get("counts", {}), "counts"),
            alternatives=tuple(
                self._definition(("alternatives", place), one, "alternatives")
                for place, one in enumerate(self._tables("alternatives"))
            ),
        )

    def _said(self) -> tuple[Comparison, Fraction]:
        held = self._held.get("comparison")
        found = SAID.fullmatch(held.strip()) if isinstance(held, str) else None
        if found is None:
            self._fault(("comparison",), "missing or not a comparison", REMEDY_SAID, held)
            return Comparison.OVER, Fraction(1, 2)
        limit = self._number(("comparison",), found[2])
        if limit > 1:
            self._fault(("comparison",), "not a share", "Write a number from 0 to 1", held)
        return Comparison(found[1]), limit

    def _measure(self) -> Measure:
        held = self._held.get("measure", Measure.DELIVERED.value)
        known = [measure.value for measure in Measure]
        if held not in known:
            self._fault(("measure",), "not known", near(str(held), known), held)
            return Measure.DELIVERED
        return Measure(held)

    def _period(self) -> str:
        held = self._held.get("period")
        if not isinstance(held, str) or not months_of(held):
            self._fault(("period",), "missing or not whole months", REMEDY_PERIOD, held)
        return str(held)

    def _definition(self, path: Path, held: object, kind: str) -> Definition:
        table = self._table(path, held, kind)
        counted = self._areas((*path, "areas"), table.get("areas"), empty=False)
        left_out = self._areas((*path, "left_out"), table.get("left_out", []), empty=True)
        for name in sorted(set(counted) & set(left_out)):
            remedy = "Name it in one of areas and left_out"
            self._fault((*path, "left_out"), "both counted and left out", remedy, name)
        name = self._text((*path, "name"), table.get("name"))
        return Definition(name=name, counted=counted, left_out=left_out)

    def _areas(self, path: Path, held: Any, *, empty: bool) -> tuple[str, ...]:
        if not isinstance(held, list) or not (held or empty):
            remedy = 'Write a list of area ids: ["foundations", "alignment"]'
            self._fault(path, "missing or not a list of areas", remedy, held)
            return ()
        names = [self._id(path, name) for name in held]
        if len(set(names)) != len(names):
            self._fault(path, "an area is named twice", "Name each area once", held)
        return tuple(names)
