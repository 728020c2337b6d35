"""Reads a Pabulib `.pb` file into an election, or tells everything that is wrong with it.

What a voter is asked (how many to name, how many points to give) is not checked against the
ballots: the file tells who voted how, and all of it counts.
Source: Faliszewski et al., Participatory Budgeting: Data, Tools, and Analysis, arXiv 2305.11035.
"""

import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from apportion.adapters.files.csv_rows import decode_text
from apportion.adapters.files.faults import Faults, near
from apportion.adapters.pabulib.ballots import BallotReader
from apportion.core.decide.rules.election import BallotKind, Election
from apportion.core.units import parse_decimal

SECTIONS = ("META", "PROJECTS", "VOTES")
MOST_LINES = 5_000_000
MOST_PROJECTS = 20_000
MOST_MONEY = 10**12  # in the smallest unit that the file uses
MOST_DECIMALS = 6
COUNTS = (("num_projects", "PROJECTS"), ("num_votes", "VOTES"))


@dataclass(slots=True, kw_only=True)
class Row:
    """One record and the line on which it begins."""

    line: int
    cells: list[str]


@dataclass(slots=True, kw_only=True)
class Table:
    """One section: its column names, and its rows."""

    line: int
    header: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def place(self, name: str) -> int:
        """Where a column stands."""
        return self.header.index(name)


def parse_election(data: bytes, file: str) -> Election:
    """Reads an election.

    Raises: BadInput, with every fault up to a thousand and the count of the rest.
    """
    faults = Faults(file)
    text = _text(data, faults)
    faults.stop_if_any()
    tables = _tables(text, faults)
    _check_sections(tables, faults)
    faults.stop_if_any()
    meta = _meta(tables["META"], faults)
    kind, budget = _kind(meta, tables["META"], faults), _budget(meta, tables["META"], faults)
    costs = _costs(tables["PROJECTS"], faults)
    _check_counts(meta, tables, faults)
    reader = BallotReader(faults, kind or BallotKind.APPROVAL, tuple(sorted(costs)))
    if kind and _has_columns(tables["VOTES"], _vote_columns(kind), faults):
        table = tables["VOTES"]
        places = tuple(table.place(name) for name in _vote_columns(kind))
        for row in table.rows:
            if len(row.cells) == len(table.header):
                reader.add(row.line, *(row.cells[place] for place in places))
            else:
                _wrong_width(row, table, faults)
    scale = _scale([budget, *costs.values()], faults)
    faults.stop_if_any()
    return Election(
        projects=tuple(sorted(costs)),
        costs=tuple(int(costs[name] * scale) for name in sorted(costs)),
        budget=int(budget * scale),
        scale=scale,
        kind=kind or BallotKind.APPROVAL,
        ballots=reader.ballots(),
    )


def _text(data: bytes, faults: Faults) -> str:
    if data.count(b"\n") > MOST_LINES:
        faults.add(what="too many lines", remedy=f"Give at most {MOST_LINES:,} lines")
        return ""
    return decode_text(data, faults, if_empty="Write the sections META, PROJECTS and VOTES")


def _tables(text: str, faults: Faults) -> dict[str, Table]:
    """Cuts the file into its sections; what stands before the first is a fault."""
    tables: dict[str, Table] = {}
    table: Table | None = None
    for row in _rows(text, faults):
        name = row.cells[0].strip()
        if len(row.cells) == 1 and name in SECTIONS:
            if name in tables:
                faults.add(what="repeated section", remedy="Keep one", line=row.line, value=name)
            table = Table(line=row.line)
            tables.setdefault(name, table)
        elif table is None:
            remedy = "Begin the file with a line META"
            faults.add(what="outside any section", remedy=remedy, line=row.line, value=name)
            break
        elif not table.header:
            table.header = [cell.strip() for cell in row.cells]
        else:
            table.rows.append(row)
    return tables


def _rows(text: str, faults: Faults) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    line = 1
    try:
        for cells in reader:
            if len(cells) > 1 or (cells and cells[0].strip()):
                yield Row(line=line, cells=cells)
            line = reader.line_num + 1
    except csv.Error as error:
        faults.add(what=f"not a table: {error}", remedy="Close the quotes of this row", line=line)


def _check_sections(tables: Mapping[str, Table], faults: Faults) -> None:
    for name in SECTIONS:
        if name not in tables:
            faults.add(
                what="missing section", remedy=f"Add a line {name} and its table", field=name
            )
            continue
        table = tables[name]
        if not table.header:
            remedy = "Write the column names below it"
            faults.add(what="empty section", remedy=remedy, line=table.line, field=name)
        for place, column in enumerate(table.header):
            if column in table.header[:place]:
                remedy = "Keep one of the two"
                faults.add(what="doubled column", remedy=remedy, line=table.line + 1, field=column)
    if "PROJECTS" in tables and tables["PROJECTS"].header:
        _has_columns(tables["PROJECTS"], ("project_id", "cost"), faults)


def _has_columns(table: Table, names: Sequence[str], faults: Faults) -> bool:
    missing = [name for name in names if name not in table.header]
    for name in missing:
        faults.add(what="missing column", remedy="Add it", line=table.line + 1, field=name)
    return not missing


def _meta(table: Table, faults: Faults) -> dict[str, tuple[int, str]]:
    """Reads keys and values; a value may hold semicolons."""
    meta: dict[str, tuple[int, str]] = {}
    for row in table.rows:
        key, value = row.cells[0].strip(), ";".join(row.cells[1:]).strip()
        if key in meta:
            faults.add(what="repeated", remedy="Keep one of the two", line=row.line, field=key)
        meta.setdefault(key, (row.line, value))
    return meta


def _kind(meta: Mapping[str, tuple[int, str]], table: Table, faults: Faults) -> BallotKind | None:
    line, text = meta.get("vote_type", (table.line, ""))
    if text == "choose-1":  # Pabulib's older name for naming at most one
        return BallotKind.APPROVAL
    if text in list(BallotKind):
        return BallotKind(text)
    what = "unknown kind of ballot" if text else "missing"
    faults.add(what=what, remedy=near(text, BallotKind), line=line, field="vote_type", value=text)
    return None


def _budget(meta: Mapping[str, tuple[int, str]], table: Table, faults: Faults) -> Fraction:
    if "budget" not in meta:
        remedy = "Add a line budget;AMOUNT"
        faults.add(what="missing", remedy=remedy, line=table.line, field="budget")
        return Fraction(0)
    line, text = meta["budget"]
    value = faults.attempt(parse_decimal, text, line=line, field="budget")
    if value is not None and value > MOST_MONEY:
        remedy = f"Write at most {MOST_MONEY:,}"
        faults.add(what="too large", remedy=remedy, line=line, field="budget", value=text)
    return Fraction(value or 0)


def _costs(table: Table, faults: Faults) -> dict[str, Fraction]:
    """Reads what each project costs, by its id."""
    costs: dict[str, Fraction] = {}
    lines: dict[str, int] = {}
    id_at, cost_at = table.place("project_id"), table.place("cost")
    if len(table.rows) > MOST_PROJECTS:
        remedy = f"Give at most {MOST_PROJECTS:,}"
        faults.add(what=f"{len(table.rows):,} projects", remedy=remedy, line=table.line)
        return costs
    for row in table.rows:
        if len(row.cells) != len(table.header):
            _wrong_width(row, table, faults)
            continue
        name, text = row.cells[id_at].strip(), row.cells[cost_at]
        if not name or "," in name:
            remedy = "Write an id without a comma"
            faults.add(
                what="not an id", remedy=remedy, line=row.line, field="project_id", value=name
            )
        elif name in lines:
            remedy = f"Give it its own id; line {lines[name]} has this one"
            faults.add(
                what="repeated", remedy=remedy, line=row.line, field="project_id", value=name
            )
        lines.setdefault(name, row.line)
        cost = faults.attempt(parse_decimal, text, line=row.line, field="cost")
        if cost is not None and cost > MOST_MONEY:
            remedy = f"Write at most {MOST_MONEY:,}"
            faults.add(what="too large", remedy=remedy, line=row.line, field="cost", value=text)
        costs.setdefault(name, Fraction(cost or 0))
    if not table.rows:
        faults.add(
            what="no project", remedy="Add a row for each", line=table.line, field="PROJECTS"
        )
    return costs


def _wrong_width(row: Row, table: Table, faults: Faults) -> None:
    what = f"{len(row.cells)} cells in a table of {len(table.header)} columns"
    faults.add(what=what, remedy="Give each column one cell; quote semicolons", line=row.line)


def _check_counts(
    meta: Mapping[str, tuple[int, str]], tables: Mapping[str, Table], faults: Faults
) -> None:
    """A file cut off in transfer still looks whole, unless it says how long it should be."""
    for key, section in COUNTS:
        if key in meta:
            line, text = meta[key]
            found = len(tables[section].rows)
            if text != str(found):
                remedy = f"The file has {found}; get it whole, or mend the number"
                faults.add(what="not so many", remedy=remedy, line=line, field=key, value=text)


def _vote_columns(kind: BallotKind) -> tuple[str, ...]:
    if kind in {BallotKind.CUMULATIVE, BallotKind.SCORING}:
        return ("voter_id", "vote", "points")
    return ("voter_id", "vote")


def _scale(amounts: Sequence[Fraction], faults: Faults) -> int:
    """The smallest unit in which all amounts are whole, as so many to the file's own."""
    scale = math.lcm(*(amount.denominator for amount in amounts))
    if scale > 10**MOST_DECIMALS or max(amounts) * scale > MOST_MONEY:
        remedy = f"Write at most {MOST_DECIMALS} decimals, and {MOST_MONEY:,} of the smallest unit"
        faults.add(what="amounts too fine for their size", remedy=remedy, field="cost")
        return 1
    return scale
