"""Reads reviews.csv, one opinion a row, or tells everything that is wrong with it."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from apportion.adapters.files.csv_rows import read_rows, read_text
from apportion.adapters.files.faults import Faults, near
from apportion.core.decide.problem import Ask
from apportion.core.ids import ID_REMEDY, is_id
from apportion.core.review.calibration import Mark
from apportion.core.units import parse_decimal

COLUMNS = ("request", "reviewer", "panel", "score")
NEEDED = ("request", "reviewer", "score")
MOST_OPINIONS = 500_000
MOST_POINTS = 1_000_000
Row = dict[str, str]


def parse_reviews(data: bytes, file: str) -> tuple[Mark, ...]:
    """Reads the opinions of a round, in the order of the file.

    Raises: BadInput, with every fault up to a thousand and the count of the rest.
    """
    faults = Faults(file)
    text = read_text(data, faults, most=MOST_OPINIONS, of="opinions")
    faults.stop_if_any()
    rows = read_rows(text, faults)
    header = next(rows, (1, []))[1]
    _check_header(header, faults)
    faults.stop_if_any()
    reader = _Reader(faults, header)
    marks = [mark for line, cells in rows if (mark := reader.mark(line, cells))]
    if not reader.rows:
        faults.add(what="no opinion", remedy="Add a row below the column names", line=1)
    faults.stop_if_any()
    return tuple(marks)


def check_reviews(marks: Iterable[Mark], asks: Iterable[Ask], file: str) -> None:
    """Checks that opinions and requests are of one round, on one scale.

    Raises: BadInput, naming each request without opinions, each opinion of no request, and each
    score that the opinions cannot have given.
    """
    faults = Faults(file)
    marks = tuple(marks)
    scores = {ask.id: ask.score for ask in asks}
    reviewed = dict.fromkeys(mark.request for mark in marks)
    for name in reviewed:
        if name not in scores:
            faults.add(what="no such request", remedy=near(name, scores), field=name)
    low, high = min(m.score for m in marks), max(m.score for m in marks)
    for name, score in scores.items():
        if name not in reviewed:
            faults.add(what="a request without opinions", remedy="Add one at least", field=name)
        elif not low <= score <= high:
            remedy = f"Opinions go from {float(low):g} to {float(high):g}; use one scale"
            what = "its score in requests.csv is not on the scale of its opinions"
            faults.add(what=what, remedy=remedy, field=name, value=float(score))
    faults.stop_if_any()


def _check_header(header: Sequence[str], faults: Faults) -> None:
    for place, name in enumerate(header):
        if name not in COLUMNS:
            remedy = near(name, COLUMNS)
            faults.add(what="unknown column", remedy=remedy, line=1, field=name or "(no name)")
        elif name in header[:place]:
            faults.add(what="doubled column", remedy="Keep one of the two", line=1, field=name)
    for name in NEEDED:
        if name not in header:
            faults.add(what="missing column", remedy="Add it", line=1, field=name)


class _Reader:
    """Reads one row after the other; `rows` counts those that hold anything."""

    def __init__(self, faults: Faults, header: Sequence[str]) -> None:
        self._faults, self._header = faults, header
        self._lines: dict[tuple[str, str], int] = {}
        self._panels: dict[str, tuple[str, int]] = {}
        self.rows = 0

    def mark(self, line: int, cells: list[str]) -> Mark | None:
        """Reads one opinion; None where its row has a fault."""
        self.rows += 1
        before = len(self._faults.found) + self._faults.beyond
        if len(cells) != len(self._header):
            what = f"{len(cells)} cells in a table of {len(self._header)} columns"
            self._faults.add(what=what, remedy="Give each column one cell; quote commas", line=line)
            return None
        row = dict(zip(self._header, cells, strict=True))
        for field in ("request", "reviewer"):
            if not is_id(row[field]):
                self._fault(line, field, "missing or not an id", ID_REMEDY, row[field])
        panel = self._panel(line, row)
        self._once(line, row)
        score = self._score(line, row["score"])
        if score is None or len(self._faults.found) + self._faults.beyond > before:
            return None
        return Mark(request=row["request"], reviewer=row["reviewer"], panel=panel, score=score)

    def _once(self, line: int, row: Row) -> None:
        pair = row["request"], row["reviewer"]
        first = self._lines.setdefault(pair, line)
        if first != line:
            remedy = f"Keep one of the two; line {first} has the other"
            what = "a second opinion of this reviewer on this request"
            self._fault(line, "reviewer", what, remedy, row["reviewer"])

    def _panel(self, line: int, row: Row) -> str | None:
        """Reads the panel, one for all opinions of a request."""
        panel = row.get("panel", "")
        if panel and not is_id(panel):
            self._fault(line, "panel", "not an id", ID_REMEDY, panel)
        other, first = self._panels.setdefault(row["request"], (panel, line))
        if other != panel:
            remedy = f"Line {first} has {other or 'no panel'}; a request is judged by one panel"
            self._fault(line, "panel", "two panels for one request", remedy, panel)
        return panel or None

    def _score(self, line: int, text: str) -> Fraction | None:
        value = self._faults.attempt(parse_decimal, text, line=line, field="score")
        if value is not None and value > MOST_POINTS:
            self._fault(line, "score", "too large", f"Write at most {MOST_POINTS}", text)
            return None
        return None if value is None else Fraction(value)

    def _fault(self, line: int, field: str, what: str, remedy: str, value: str) -> None:
        self._faults.add(what=what, remedy=remedy, line=line, field=field, value=value)
