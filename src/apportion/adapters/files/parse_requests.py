"""Reads requests.csv into asks, or tells everything that is wrong with it."""

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

from apportion.adapters.files.csv_rows import read_rows, read_text
from apportion.adapters.files.faults import Faults, near
from apportion.adapters.files.links import check_links
from apportion.core.decide.problem import Ask, least_steps, worth_of
from apportion.core.decide.worth import points_text, value_micropoints
from apportion.core.ids import ID_REMEDY, AreaId, GroupId, ProjectId, RequestId, ResourceCode, is_id
from apportion.core.policy import Counting, Objective, Policy, Voters
from apportion.core.units import format_quantity, parse_decimal, parse_quantity

MOST_REQUESTS = 100_000
MOST_POINTS = 10**12
TEXT_COLUMNS = ("id", "area", "groups", "project", "either_or", "requires")
NUMBER_COLUMNS = ("score", "value", "value_at_minimum", "minimum_fraction")
OPINION = "opinion."  # and a reviewer's id: the columns of a round in which reviewers vote
Row = dict[str, str]


def parse_requests(data: bytes, file: str, policy: Policy) -> tuple[Ask, ...]:
    """Reads the requests of a round, in the order of the file.

    Raises: BadInput, with every fault up to a thousand and the count of the rest.
    """
    faults = Faults(file)
    text = read_text(data, faults, most=MOST_REQUESTS)
    faults.stop_if_any()
    rows = read_rows(text, faults)
    header = next(rows, (1, []))[1]
    _check_header(header, policy, faults)
    faults.stop_if_any()
    reader = _Reader(policy, faults, header)
    asks = [ask for line, cells in rows if (ask := reader.ask(line, cells))]
    if not reader.lines:
        faults.add(what="no request", remedy="Add a row below the column names", line=1)
    check_links(asks, reader.lines, faults)
    faults.stop_if_any()
    return tuple(asks)


def _check_scores(header: Sequence[str], policy: Policy, faults: Faults) -> None:
    """Says whose scores the objective needs and does not find."""
    if "score" not in header and ("value" not in header or _ranks_by_score(policy)):
        remedy = "Add it: it ranks the requests, and is their weight where there is no value"
        faults.add(what="missing column", remedy=remedy, line=1, field="score")
    shares = policy.equal_shares
    voting = policy.objective is Objective.EQUAL_SHARES and shares.voters is Voters.REVIEWERS
    if voting and not any(map(_reviewer, header)):
        remedy = "Add a column opinion.NAME per reviewer, with scores"
        faults.add(what="missing column", remedy=remedy, line=1, field="opinion")


def _ranks_by_score(policy: Policy) -> bool:
    """Says whether the objective needs a score even where a value says what a request is worth."""
    shares = policy.equal_shares
    approving = shares.count is Counting.APPROVAL and shares.voters is Voters.AREAS
    return policy.objective is Objective.CUT_LINE or (
        policy.objective is Objective.EQUAL_SHARES and approving
    )


def _reviewer(column: str) -> str:
    """The reviewer whose opinions a column holds; empty where it is another column."""
    name = column.removeprefix(OPINION)
    return name if column.startswith(OPINION) and is_id(name) else ""


def _check_header(header: Sequence[str], policy: Policy, faults: Faults) -> None:
    asks = [f"ask.{code}" for code in policy.resources]
    minimums = [f"minimum.{code}" for code in policy.resources]
    known = (*TEXT_COLUMNS, *NUMBER_COLUMNS, *asks, *minimums)
    for place, name in enumerate(header):
        if name not in known and not _reviewer(name):
            faults.add(
                what="unknown column", remedy=near(name, known), line=1, field=name or "(no name)"
            )
        elif name in header[:place]:
            faults.add(what="doubled column", remedy="Keep one of the two", line=1, field=name)
    for name in ("id", "area"):
        if name not in header:
            faults.add(what="missing column", remedy="Add it", line=1, field=name)
    _check_scores(header, policy, faults)
    if not set(asks) & set(header):
        faults.add(
            what="missing column", remedy=f"Add one of: {', '.join(asks)}", line=1, field="ask"
        )
    for code in policy.resources:
        bare = f"ask.{code}" in header and f"minimum.{code}" not in header
        if bare and "minimum_fraction" not in header:
            remedy = "Add it, or a column minimum_fraction"
            faults.add(what="missing column", remedy=remedy, line=1, field=f"minimum.{code}")


class _Reader:
    """Reads one row after the other; `lines` says on which line each id stands."""

    def __init__(self, policy: Policy, faults: Faults, header: Sequence[str]) -> None:
        self._policy, self._faults, self._header = policy, faults, header
        self._areas = frozenset(area.id for area in policy.areas)
        self._groups = frozenset(group.id for group in policy.groups)
        self.lines: dict[str, int] = {}

    def ask(self, line: int, cells: list[str]) -> Ask | None:
        """Reads one request; None where its row has a fault."""
        before = len(self._faults.found) + self._faults.beyond
        if len(cells) != len(self._header):
            what = f"{len(cells)} cells in a table of {len(self._header)} columns"
            self._faults.add(what=what, remedy="Give each column one cell; quote commas", line=line)
            self.lines.setdefault(cells[0] or f"(line {line})", line)
            return None
        row = dict(zip(self._header, cells, strict=True))
        name, area = self._name(line, row), self._area(line, row["area"])
        project = self._project(line, row.get("project") or name)
        groups = self._row_groups(line, row.get("groups", ""))
        score = self._score(line, row)
        value = self._points(line, "value", row["value"]) if row.get("value") else None
        asked = self._asked(line, row)
        ask = Ask(
            id=RequestId(name),
            area=AreaId(area),
            project=ProjectId(project),
            groups=groups,
            score=score,
            value=value,
            value_at_minimum=self._at_minimum(line, row),
            ask={code: amount for code, amount in asked.items() if amount},
            minimum=self._minimum(line, row, asked),
            either_or=self._label(line, row.get("either_or", "")),
            requires=tuple(RequestId(r) for r in _parts(row.get("requires", ""))),
            opinions=self._opinions(line, row),
        )
        if len(self._faults.found) + self._faults.beyond == before:
            self._check_curve(line, row, ask)
        return ask if len(self._faults.found) + self._faults.beyond == before else None

    def _name(self, line: int, row: Row) -> str:
        name = row["id"]
        if not is_id(name):
            self._fault(line, "id", "missing or not an id", ID_REMEDY, name)
        elif name in self.lines:
            remedy = f"Give it its own id; line {self.lines[name]} has this one"
            self._fault(line, "id", "repeated", remedy, name)
        self.lines.setdefault(name or f"(line {line})", line)
        return name

    def _area(self, line: int, area: str) -> str:
        if area not in self._areas:
            self._fault(line, "area", "no such area", near(area, self._areas), area)
        return area

    def _project(self, line: int, project: str) -> str:
        if not is_id(project):
            self._fault(line, "project", "not an id", ID_REMEDY, project)
        return project

    def _row_groups(self, line: int, text: str) -> tuple[GroupId, ...]:
        groups = _parts(text)
        for group in groups:
            if group not in self._groups:
                self._fault(line, "groups", "no such group", near(group, self._groups), group)
        return tuple(GroupId(group) for group in groups)

    def _label(self, line: int, text: str) -> str | None:
        if text and not (text.isprintable() and len(text) <= 120):
            self._fault(line, "either_or", "not a label", "Write at most 120 characters", text)
        return text or None

    def _score(self, line: int, row: Row) -> Fraction:
        text = row.get("score", "")
        if not text and row.get("value") and not _ranks_by_score(self._policy):
            return Fraction(0)
        return self._points(line, "score", text) or Fraction(0)

    def _opinions(self, line: int, row: Row) -> tuple[tuple[str, Fraction], ...]:
        """Reads what each reviewer who votes in an equal-shares round said; who said nothing is out."""
        said = {name: text for column, text in row.items() if text and (name := _reviewer(column))}
        scores = {name: self._points(line, f"{OPINION}{name}", text) for name, text in said.items()}
        return tuple(sorted((name, score or Fraction(0)) for name, score in scores.items()))

    def _at_minimum(self, line: int, row: Row) -> Fraction | None:
        text = row.get("value_at_minimum", "")
        return self._points(line, "value_at_minimum", text) if text else None

    def _check_curve(self, line: int, row: Row, ask: Ask) -> None:
        """The minimum is worth at most the ask, and at least its share of it."""
        if ask.value_at_minimum is None:
            return
        field, text, worth = (
            "value_at_minimum",
            row["value_at_minimum"],
            worth_of(self._policy, ask),
        )
        start, steps = value_micropoints(ask.value_at_minimum), max(ask.ask.values())
        share = worth * least_steps(ask) // steps
        if start > worth:
            remedy = f"Write at most {points_text(worth)}, what the whole ask is worth"
            self._fault(line, field, "above the value of the ask", remedy, text)
        elif start < share:
            remedy = f"Write at least {points_text(share)}: the first part is worth the most"
            self._fault(line, field, "less than the minimum's share of the ask", remedy, text)

    def _points(self, line: int, field: str, text: str) -> Fraction | None:
        value = self._faults.attempt(parse_decimal, text, line=line, field=field)
        if value is not None and value > MOST_POINTS:
            self._fault(line, field, "too large", f"Write at most {MOST_POINTS}", text)
        return Fraction(value) if value is not None else None

    def _asked(self, line: int, row: Row) -> dict[ResourceCode, int | None]:
        """Reads what is asked of each resource; None where that is not a quantity."""
        asked: dict[ResourceCode, int | None] = {}
        for code in self._policy.resources:
            text = row.get(f"ask.{code}", "")
            amount = self._amount(line, f"ask.{code}", text, code) if text else 0
            if amount != 0:
                asked[code] = amount
        if not asked:
            self._fault(line, "ask", "asks for nothing", "Ask for some of a resource, or drop it")
        return asked

    def _minimum(
        self, line: int, row: Row, asked: Mapping[ResourceCode, int | None]
    ) -> dict[ResourceCode, int]:
        """Reads each minimum, from its own column or as the fraction of the ask, rounded up."""
        share = self._fraction(line, row)
        minimum = {}
        for code in self._policy.resources:
            field = f"minimum.{code}"
            text = row.get(field, "")
            if text:
                minimum[code] = self._stated_minimum(line, field, code, text, asked.get(code, 0))
            elif code in asked and share is None and not row.get("minimum_fraction"):
                remedy = "Write the smallest useful amount, 0 if any helps"
                self._fault(line, field, "missing", remedy)
            elif code in asked and share is not None:
                minimum[code] = math.ceil((asked[code] or 0) * share)
        return {code: amount for code, amount in minimum.items() if code in asked}

    def _stated_minimum(
        self, line: int, field: str, code: ResourceCode, text: str, asked: int | None
    ) -> int:
        amount = self._amount(line, field, text, code)
        if amount is not None and asked is not None and amount > asked:
            most = format_quantity(asked, self._policy.resources[code].unit)
            self._fault(
                line, field, "above the ask", f"Write at most {most}, or ask for more", text
            )
        return amount or 0

    def _fraction(self, line: int, row: Row) -> Fraction | None:
        text = row.get("minimum_fraction", "")
        if not text:
            return None
        share = self._faults.attempt(parse_decimal, text, line=line, field="minimum_fraction")
        if share is not None and not 0 < share <= 1:
            remedy = "Write a number above 0 and at most 1"
            self._fault(line, "minimum_fraction", "out of range", remedy, text)
            return None
        return None if share is None else Fraction(share)

    def _amount(self, line: int, field: str, text: str, code: ResourceCode) -> int | None:
        unit = self._policy.resources[code].unit
        return self._faults.attempt(lambda t: parse_quantity(t, unit), text, line=line, field=field)

    def _fault(
        self, line: int, field: str, what: str, remedy: str, value: str | None = None
    ) -> None:
        self._faults.add(what=what, remedy=remedy, line=line, field=field, value=value)


def _parts(text: str) -> list[str]:
    """Splits at semicolons, once each, in the order written."""
    return list(dict.fromkeys(part.strip() for part in text.split(";") if part.strip()))
