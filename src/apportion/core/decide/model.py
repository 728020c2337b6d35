"""The round as integer rows: each is `sum(coefficient * column) <= bound`.

Columns are the fraction that each request takes and then, per floor, the share of the promise that
is missed. A fraction between nothing and the minimum is what the search rules out, box by box.
"""

from dataclasses import dataclass
from fractions import Fraction

from apportion.core.decide.links import needed_through, rivals
from apportion.core.decide.problem import Problem
from apportion.core.decide.value_curve import curved_columns, points_terms

MISS_SCALE = 10**12  # a missed share is counted in units of 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the model; kind and `about` are enough to rebuild it from the snapshot.

    Shape: `about` is (kind, owner, resource) of a limit, (area, resource) of a floor, the label of
    an either/or, that label and those who are or require its members (rivals), the request that is
    started, the two requests of a link or of twins; a `most` row is about a limit.
    """

    # limit, floor, either_or, rivals, requires, started, missed, twin, most; an aim adds its own
    kind: str
    about: tuple[str, ...]
    columns: tuple[int, ...]
    coefficients: tuple[int, ...]
    bound: int
    within: int = -1  # the node of a proof whose box it holds in; -1: everywhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Maximise `sum(gain * column)` under the rows, columns within their boxes.

    Shape: the first columns are the requests, then come the floors, then what an aim adds. All lie
    within [0, 1].
    """

    gains: tuple[int, ...]
    rows: tuple[Row, ...]
    may_miss: bool  # False: no floor may be missed at all
    added: int = 0  # columns of the aim, the last ones

    def highest(self, requests: int) -> tuple[float, ...]:
        """The upper end of every column, where so many of them are requests."""
        floors = len(self.gains) - requests - self.added
        return (1.0,) * requests + (float(self.may_miss),) * floors + (1.0,) * self.added


def merit_model(problem: Problem, *, missed: Fraction) -> Model:
    """The most value at no more than the given total of missed shares."""
    rows = bounding_rows(problem, missed)
    terms = dict(points_terms(problem, range(len(problem.asks))))
    width = len(problem.asks) + len(problem.floors) + len(problem.curve)
    return Model(
        gains=tuple(terms.get(column, 0) for column in range(width)),
        rows=rows,
        may_miss=bool(missed),
        added=len(problem.curve),
    )


def bounding_rows(problem: Problem, missed: Fraction) -> tuple[Row, ...]:
    """What every slate keeps that misses no more than the given total of missed shares."""
    rows = _rows(problem) + _started_rows(problem)
    if missed:
        count, floors = len(problem.asks), len(problem.floors)
        budget = -(-missed.numerator * MISS_SCALE // missed.denominator)
        columns = tuple(range(count, count + floors))
        rows += (
            Row(
                kind="missed",
                about=(),
                columns=columns,
                coefficients=(MISS_SCALE,) * floors,
                bound=budget,
            ),
        )
    return rows


def floor_model(problem: Problem) -> Model:
    """The least total of missed shares, each floor's shortfall over what it promised."""
    gains = (0,) * len(problem.asks) + (-MISS_SCALE,) * len(problem.floors)
    return Model(gains=gains, rows=_rows(problem), may_miss=True)


def _started_rows(problem: Problem) -> tuple[Row, ...]:
    """A minimum is granted as far as the fraction reaches it."""
    return tuple(
        Row(
            kind="started",
            about=(problem.asks[i].id,),
            columns=(i, column),
            coefficients=(-problem.steps[i], problem.least[i]),
            bound=0,
        )
        for i, column in curved_columns(problem).items()
    )


def _rows(problem: Problem) -> tuple[Row, ...]:
    """Limits, floors, links: every row that holds for fractions."""
    asks, count = problem.asks, len(problem.asks)
    rows = [
        Row(
            kind="limit",
            about=limit.about,
            columns=limit.members,
            coefficients=tuple(asks[i].ask[limit.resource] for i in limit.members),
            bound=limit.bound,
        )
        for limit in problem.limits
    ]
    rows += [
        Row(
            kind="floor",
            about=floor.about,
            columns=(*floor.members, count + place),
            coefficients=(*(-asks[i].ask[floor.resource] for i in floor.members), -floor.promised),
            bound=-floor.promised,
        )
        for place, floor in enumerate(problem.floors)
    ]
    rows += [
        Row(
            kind="either_or",
            about=(label,),
            columns=members,
            coefficients=(1,) * len(members),
            bound=1,
        )
        for label, members in problem.labels
    ]
    rows += [
        Row(
            kind="rivals",
            about=(label, *(asks[i].id for i in members)),
            columns=members,
            coefficients=(1,) * len(members),
            bound=1,
        )
        for label, members in rivals(problem.labels, problem.needs)
    ]
    rows += [
        Row(
            kind="requires",
            about=(asks[i].id, asks[j].id),
            columns=(i, j),
            coefficients=(problem.least[j], -problem.steps[j]),
            bound=0,
        )
        for i, j in needed_through(problem.needs)
    ]
    return tuple(rows)
