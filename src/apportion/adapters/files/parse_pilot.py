"""Reads pilot.csv, one run a row, and runs.csv of a scaling law, or tells all that is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from apportion.adapters.files.csv_rows import read_rows, read_text
from apportion.adapters.files.faults import Faults, near
from apportion.core.evidence.claim import Claim, Run
from apportion.core.ids import ID_REMEDY, ResourceCode, is_id
from apportion.core.units import Resource, parse_quantity

TEXT_COLUMNS = ("job", "arm", "seed", "value", "unit", "recipe", "evidence", "registered")
SIZE_COLUMNS = ("params", "tokens", "samples")
NEEDED = ("job", "value")
SCALING_COLUMNS = ("params", "tokens", "loss", "outlier")
MOST_RUNS = 100_000
MOST_DIGITS = 19
TRUE, FALSE = ("1", "true", "yes"), ("", "0", "false", "no")
Row = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalingRuns:
    """Runs to fit a law to. Shape: sizes hold (params, tokens) of each run."""

    sizes: tuple[tuple[float, float], ...]
    losses: tuple[float, ...]
    left_out: int  # marked as outliers


def parse_pilot(
    data: bytes, file: str, *, claim: Claim, resources: Mapping[str, Resource]
) -> tuple[Run, ...]:
    """Reads the runs of a pilot, in the order of the file.

    Raises: BadInput, with every fault up to a thousand and the count of the rest.
    """
    faults = Faults(file)
    text = read_text(data, faults, most=MOST_RUNS, of="runs")
    faults.stop_if_any()
    rows = read_rows(text, faults)
    header = next(rows, (1, []))[1]
    used = [f"{kind}.{code}" for code in resources for kind in ("used", "seconds")]
    _check_header(header, (*TEXT_COLUMNS, *SIZE_COLUMNS, *used), NEEDED, faults)
    faults.stop_if_any()
    reader = _Reader(faults, header, claim, resources)
    runs = [run for line, cells in rows if (run := reader.run(line, cells))]
    faults.stop_if_any()
    return tuple(runs)


def parse_scaling_runs(data: bytes, file: str) -> ScalingRuns:
    """Reads params, tokens and loss of each run; rows marked as outliers are left out.

    Raises: BadInput, with every fault up to a thousand and the count of the rest.
    """
    faults = Faults(file)
    text = read_text(data, faults, most=MOST_RUNS, of="runs")
    faults.stop_if_any()
    rows = read_rows(text, faults)
    header = next(rows, (1, []))[1]
    known = (*SCALING_COLUMNS, *header)  # a table of runs has other columns too
    _check_header(header, known, SCALING_COLUMNS[:3], faults)
    faults.stop_if_any()
    reader = _Reader(faults, header, None, {})
    sizes, losses, left_out = [], [], 0
    for line, cells in rows:
        row = reader.row(line, cells)
        if row is None:
            continue
        n, d, loss = (reader.number(line, row, name, positive=True) for name in known[:3])
        if reader.flag(line, row, "outlier"):
            left_out += 1
        else:
            sizes.append((n, d))
            losses.append(loss)
    faults.stop_if_any()
    return ScalingRuns(sizes=tuple(sizes), losses=tuple(losses), left_out=left_out)


def _check_header(
    header: Sequence[str], known: Sequence[str], needed: Sequence[str], faults: Faults
) -> None:
    for place, name in enumerate(header):
        if name not in known:
            remedy = near(name, known)
            if name in {"spread", "sigma", "std", "sd", "cost"}:
                remedy = "Leave it out: spread and cost are measured, never typed"
            faults.add(what="unknown column", remedy=remedy, line=1, field=name or "(no name)")
        elif name in header[:place]:
            faults.add(what="doubled column", remedy="Keep one of the two", line=1, field=name)
    for name in needed:
        if name not in header:
            faults.add(what="missing column", remedy="Add it", line=1, field=name)


class _Reader:
    """Reads one row after the other."""

    def __init__(
        self,
        faults: Faults,
        header: Sequence[str],
        claim: Claim | None,
        resources: Mapping[str, Resource],
    ) -> None:
        self._faults, self._header = faults, header
        self._claim, self._resources = claim, resources

    def row(self, line: int, cells: list[str]) -> Row | None:
        """Names the cells; None where their number is wrong."""
        if len(cells) == len(self._header):
            return dict(zip(self._header, cells, strict=True))
        what = f"{len(cells)} cells in a table of {len(self._header)} columns"
        self._faults.add(what=what, remedy="Give each column one cell; quote commas", line=line)
        return None

    def run(self, line: int, cells: list[str]) -> Run | None:
        """Reads one run of a pilot; None where the row has no cells to read."""
        row = self.row(line, cells)
        if row is None or self._claim is None:
            return None
        for field in ("job", "arm"):
            if field in row and not is_id(row[field]):
                self._fault(line, field, "missing or not an id", ID_REMEDY, row[field])
        sizes = {
            name: self.number(line, row, name, positive=True)
            for name in SIZE_COLUMNS
            if row.get(name)
        }
        return Run(
            job=row["job"],
            arm=row.get("arm", ""),
            seed=self._seed(line, row),
            value=self.number(line, row, "value"),
            unit=row.get("unit") or self._claim.unit,
            used=self._used(line, row),
            sizes=sizes,
            recipe=row.get("recipe", ""),
            evidence=row.get("evidence", ""),
            registered=self.flag(line, row, "registered"),
        )

    def number(self, line: int, row: Row, field: str, *, positive: bool = False) -> float:
        """Reads a number; words such as nan and inf are for the estimate to refuse by job."""
        text = row.get(field, "")
        try:
            value = float(text)
        except ValueError:
            self._fault(line, field, "not a number", "Write a number such as 0.903", text)
            return 1.0
        if positive and not 0 < value < float("inf"):
            self._fault(line, field, "not above zero", "Write a number above zero", text)
            return 1.0
        return value

    def flag(self, line: int, row: Row, field: str) -> bool:
        """Reads 1 or 0; nothing is 0."""
        text = row.get(field, "").lower()
        if text not in TRUE + FALSE:
            self._fault(line, field, "not 0 or 1", "Write 1 for yes, 0 for no", text)
        return text in TRUE

    def _seed(self, line: int, row: Row) -> int:
        text = row.get("seed", "") or "0"
        if not text.removeprefix("-").isdecimal() or len(text) > 20:
            self._fault(line, "seed", "not a whole number", "Write the seed of the run", text)
            return 0
        return int(text)

    def _used(self, line: int, row: Row) -> dict[ResourceCode, int]:
        used: dict[ResourceCode, int] = {}
        for code, resource in self._resources.items():
            text = row.get(f"used.{code}", "")
            if text:
                parse = partial(parse_quantity, unit=resource.unit)
                amount = self._faults.attempt(parse, text, line=line, field=f"used.{code}")
                used[ResourceCode(code)] = amount or 0
            text = row.get(f"seconds.{code}", "")
            if text and not (text.isdecimal() and len(text) < MOST_DIGITS):
                remedy = "Write whole seconds of one unit of the resource"
                self._fault(line, f"seconds.{code}", "not whole seconds", remedy, text)
            elif text:
                used[ResourceCode(code)] = int(text)
        return used

    def _fault(self, line: int, field: str, what: str, remedy: str, value: str) -> None:
        self._faults.add(what=what, remedy=remedy, line=line, field=field, value=value)
