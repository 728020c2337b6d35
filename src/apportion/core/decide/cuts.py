"""Rows that no slate breaks but fractions do: they spare the search most of its boxes.

A *most* row says that at most so many of some requests can be funded, because the smallest minima
of one more of them already exceed a limit. A *twin* row says that of two requests alike in all but
their name, the one drawn first takes at least as much: exchanging them changes nothing else.
"""

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from apportion.core.decide.model import Model, Row
from apportion.core.decide.problem import Ask, Limit, Problem

CUT_ROUNDS = 12
VIOLATED = 1e-4

Floats = npt.NDArray[np.float64]


def twin_rows(problem: Problem) -> tuple[Row, ...]:
    """Orders requests that differ in nothing but their name as the draw has them."""
    alike: dict[object, list[int]] = {}
    for i, ask in enumerate(problem.asks):
        if not (problem.needs[i] or problem.needed_by[i] or problem.label_of[i] is not None):
            alike.setdefault(_likeness(ask, (problem.worth[i], problem.curve.get(i))), []).append(i)
    rows = []
    for twins in alike.values():
        ordered = sorted(twins, key=lambda i: problem.draw[i])
        for first, second in pairwise(ordered):
            about = (problem.asks[first].id, problem.asks[second].id)
            rows.append(
                Row(
                    kind="twin", about=about, columns=(first, second), coefficients=(-1, 1), bound=0
                )
            )
    return tuple(rows)


def most_rows(problem: Problem, fractions: Floats, known: Iterable[Row]) -> tuple[Row, ...]:
    """Finds most-rows that these fractions break, at most one per limit and kind."""
    seen = {(row.columns, row.bound) for row in known}
    found = []
    for limit in problem.limits:
        minima = {i: _minimum_use(problem, limit, i) for i in limit.members}
        for row in (_cover_row(limit, minima, fractions), _count_row(limit, minima, fractions)):
            if row and (row.columns, row.bound) not in seen:
                seen.add((row.columns, row.bound))
                found.append(row)
    return tuple(found)


def with_rows(model: Model, rows: tuple[Row, ...]) -> Model:
    """The model with rows added."""
    return replace(model, rows=model.rows + rows)


def _minimum_use(problem: Problem, limit: Limit, i: int) -> int:
    """The least a funded request uses of a limit, rounded down to stay on the safe side."""
    return problem.least[i] * problem.asks[i].ask[limit.resource] // problem.steps[i]


def _cover_row(limit: Limit, minima: dict[int, int], fractions: Floats) -> Row | None:
    """A set that cannot all be funded, and with it all who need at least as much as any in it."""
    order = sorted(
        (i for i in minima if minima[i]),
        key=lambda i: ((1 - fractions[i]) / minima[i], i),
    )
    cover, used = [], 0
    for i in order:
        if used > limit.bound:
            break
        cover.append(i)
        used += minima[i]
    if used <= limit.bound:
        return None
    for i in sorted(cover, key=lambda i: (fractions[i], i)):
        if used - minima[i] > limit.bound:
            cover.remove(i)
            used -= minima[i]
    largest = max(minima[i] for i in cover)
    members = set(cover) | {i for i in minima if minima[i] >= largest}
    return _row(limit, members, len(cover) - 1, fractions)


def _count_row(limit: Limit, minima: dict[int, int], fractions: Floats) -> Row | None:
    """Of the requests that need at least some size, no more than fit by count; the worst broken."""
    order = sorted((i for i in minima if minima[i]), key=lambda i: (-minima[i], i))
    best, worst, total = None, VIOLATED, 0.0
    for place, i in enumerate(order):
        total += float(fractions[i])
        last = place + 1 == len(order) or minima[order[place + 1]] < minima[i]
        fit = limit.bound // minima[i]  # a bound on how many fit that costs nothing to compute
        if last and fit <= place and total - fit > worst:
            best, worst = (place + 1, fit), total - fit
    return _row(limit, set(order[: best[0]]), best[1], fractions) if best else None


def _row(limit: Limit, members: set[int], most: int, fractions: Floats) -> Row | None:
    columns = tuple(sorted(members))
    if float(fractions[list(columns)].sum()) <= most + VIOLATED:
        return None
    return Row(
        kind="most",
        about=limit.about,
        columns=columns,
        coefficients=(1,) * len(columns),
        bound=most,
    )


def _likeness(ask: Ask, worth: object) -> object:
    amounts = tuple(sorted((r, n, ask.minimum.get(r, 0)) for r, n in ask.ask.items() if n))
    return ask.area, tuple(sorted(ask.groups)), amounts, worth
