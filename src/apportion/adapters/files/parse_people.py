"""Reads people.csv: who reports to whom, who is in which team, who wrote with whom."""

from dataclasses import dataclass

from apportion.adapters.files.csv_rows import read_rows, read_text
from apportion.adapters.files.faults import Faults, near
from apportion.core.ids import ID_REMEDY, is_id

KINDS = ("manager", "team", "coauthor")
COLUMNS = ("kind", "person", "with", "year", "title")
NEEDED = ("kind", "person", "with")
MOST_ROWS = 200_000
FIRST_YEAR, LAST_YEAR = 1900, 2200


@dataclass(frozen=True, slots=True, kw_only=True)
class TieRow:
    """One tie: `other` is a person, or the team that a person is in."""

    kind: str
    person: str
    other: str
    year: int
    title: str
    line: int


def parse_people(data: bytes, file: str) -> tuple[TieRow, ...]:
    """Reads the ties of a lab, in the order of the file.

    Raises: BadInput, with every fault.
    """
    faults = Faults(file)
    text = read_text(data, faults, most=MOST_ROWS, of="rows")
    faults.stop_if_any()
    rows = read_rows(text, faults)
    header = next(rows, (1, []))[1]
    for place, name in enumerate(header):
        if name not in COLUMNS:
            faults.add(what="unknown column", remedy=near(name, COLUMNS), line=1, field=name)
        elif name in header[:place]:
            faults.add(what="doubled column", remedy="Keep one of the two", line=1, field=name)
    for name in NEEDED:
        if name not in header:
            faults.add(what="missing column", remedy="Add it", line=1, field=name)
    faults.stop_if_any()
    found = [_read(line, cells, header, faults) for line, cells in rows]
    faults.stop_if_any()
    return tuple(row for row in found if row is not None)


def _read(line: int, cells: list[str], header: list[str], faults: Faults) -> TieRow | None:
    if len(cells) != len(header):
        what = f"{len(cells)} cells in a table of {len(header)} columns"
        faults.add(what=what, remedy="Give each column one cell; quote commas", line=line)
        return None
    row = dict(zip(header, cells, strict=True))
    if row["kind"] not in KINDS:
        faults.add(
            what="no such tie",
            remedy=near(row["kind"], KINDS),
            line=line,
            field="kind",
            value=row["kind"],
        )
    for field in ("person", "with"):
        if not is_id(row[field]):
            what = "missing or not an id"
            faults.add(what=what, remedy=ID_REMEDY, line=line, field=field, value=row[field])
    year = row.get("year", "")
    is_year = year.isascii() and year.isdigit() and FIRST_YEAR <= int(year[:9]) <= LAST_YEAR
    if row["kind"] == "coauthor" and not is_year:
        remedy = "Write the year with four digits; conflicts end some years later"
        faults.add(what="not a year", remedy=remedy, line=line, field="year", value=year)
    return TieRow(
        kind=row["kind"],
        person=row["person"],
        other=row["with"],
        year=int(year) if is_year else 0,
        title=row.get("title", ""),
        line=line,
    )
