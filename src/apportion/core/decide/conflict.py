"""Why a promise cannot hold: the fewest rows that exclude it together, each of them needed.

The promise is set beside what the other areas have in the slate, the limits, the links and the
minima of requests. That cannot hold; a row that may be left out while it still cannot is left out,
until every row that stays is needed. First fractions are asked, which know no minima; only where
these leave the promise room, requests are all or nothing up to their minimum.
Source: Junker, QuickXplain, AAAI 2004.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import highspy

from apportion.core.decide.model import Row
from apportion.core.decide.problem import Floor, Problem
from apportion.core.decide.relaxation import linear_program, quiet_highs
from apportion.core.decide.room import Room

MOST_FOR_FRACTIONS = 2_000  # requests in a round whose conflicts are looked for with fractions
MOST_FOR_MINIMA = 200  # and with minima, where each question is a search of its own
NODE_LIMIT = 2_000
MOST_QUESTIONS = 400

About = tuple[str, ...]  # limit, floor, either_or, requires or minimum, and what it is about
Rows = tuple[About, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Rows with which a promise cannot hold; none: it is more than the area asks for."""

    rows: Rows


def conflict_of(room: Room, floor: Floor) -> Conflict | None:
    """Finds such rows; None where the round is too large to ask, or fractions and minima allow it."""
    problem = room.problem
    if len(problem.asks) > MOST_FOR_FRACTIONS:
        return None
    rows = dict(_rows(room, floor))
    minima: Rows = ()
    found = _fewest(tuple(rows), _Question(problem, rows, floor, whole=False).excludes)
    if found is None and len(problem.asks) <= MOST_FOR_MINIMA:
        minima = tuple(("minimum", ask.id) for ask in problem.asks)
        found = _fewest((*rows, *minima), _Question(problem, rows, floor, whole=True).excludes)
    return None if found is None else Conflict(rows=found)


def _fewest(rows: Rows, excludes: Callable[[Rows], bool]) -> Rows | None:
    """Rows of which none can be left out; those named first are kept rather than later ones."""

    def explain(kept: Rows, rest: Rows, *, grown: bool) -> Rows:
        if grown and excludes(kept):
            return ()
        if len(rest) <= 1:
            return rest
        first, second = rest[: len(rest) // 2], rest[len(rest) // 2 :]
        later = explain(kept + first, second, grown=True)
        return explain(kept + later, first, grown=bool(later)) + later

    if excludes(()):
        return ()
    return explain((), rows, grown=False) if excludes(rows) else None


class _Question:
    """Asks HiGHS whether a promise can hold beside some rows."""

    def __init__(
        self, problem: Problem, rows: dict[About, Row], floor: Floor, *, whole: bool
    ) -> None:
        self._problem, self._rows, self._whole = problem, rows, whole
        uses = tuple(-problem.asks[i].ask[floor.resource] for i in floor.members)
        self._promise = _row(floor.members, uses, -floor.promised)
        self._asked = 0

    def excludes(self, abouts: Rows) -> bool:
        """Says whether the promise cannot hold beside these rows; not sure counts as it can."""
        self._asked += 1
        if self._asked > MOST_QUESTIONS:
            return False
        count = len(self._problem.asks)
        chosen = [self._rows[about] for about in abouts if about in self._rows]
        rows = [self._promise, *chosen]
        if self._whole:
            rows += self._binary_rows(abouts)
        program, _, _ = linear_program((0,) * (2 * count if self._whole else count), rows)
        highs = quiet_highs()
        if self._whole:
            fraction, whole = highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger
            program.integrality_ = [fraction] * count + [whole] * count
            highs.setOptionValue("mip_max_nodes", NODE_LIMIT)
        highs.passModel(program)
        highs.run()
        return bool(highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible)

    def _binary_rows(self, abouts: Rows) -> list[Row]:
        """Ties each fraction to its binary, at its minimum only where that is among the rows."""
        problem, count = self._problem, len(self._problem.asks)
        kept, place = set(abouts), {str(ask.id): i for i, ask in enumerate(problem.asks)}
        rows = []
        for i, ask in enumerate(problem.asks):
            least = problem.least[i] if ("minimum", ask.id) in kept else 1
            rows.append(_row((i, count + i), (1, -1), 0))
            rows.append(_row((i, count + i), (-problem.steps[i], least), 0))
        for label, members in problem.labels:
            if ("either_or", label) in kept:
                columns = tuple(count + i for i in members)
                rows.append(_row(columns, (1,) * len(columns), 1))
        for about in abouts:
            if about[0] == "requires":
                first, second = count + place[about[1]], count + place[about[2]]
                rows.append(_row((first, second), (1, -1), 0))
        return rows


def _rows(room: Room, floor: Floor) -> Sequence[tuple[About, Row]]:
    """Everything that may stand in the way, what is easiest to understand first."""
    problem = room.problem
    asks = problem.asks
    found: list[tuple[About, Row]] = []
    for limit in problem.limits:
        uses = tuple(asks[i].ask[limit.resource] for i in limit.members)
        found.append((("limit", *limit.about), _row(limit.members, uses, limit.bound)))
    for other in problem.floors:
        has = min(room.met(other), other.promised)
        if other is not floor and has:
            uses = tuple(-asks[i].ask[other.resource] for i in other.members)
            found.append((("floor", *other.about), _row(other.members, uses, -has)))
    for label, members in problem.labels:
        found.append((("either_or", label), _row(members, (1,) * len(members), 1)))
    for i, needed in enumerate(problem.needs):
        for j in needed:
            about = ("requires", asks[i].id, asks[j].id)
            found.append((about, _row((i, j), (problem.least[j], -problem.steps[j]), 0)))
    return found


def _row(columns: Sequence[int], coefficients: tuple[int, ...], bound: int) -> Row:
    return Row(kind="", about=(), columns=tuple(columns), coefficients=coefficients, bound=bound)
