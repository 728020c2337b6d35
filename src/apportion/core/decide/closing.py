"""Closes the gap that a relaxation leaves: a search of those whose place its prices leave open.

Whoever is worth far more than it costs is in every slate better than the one at hand, and whoever
is worth far less is in none; the prices prove that. What remains is searched as a small round, and
the search's boxes are lifted into the whole one, where integer prices bound them anew.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from apportion.core.decide.boxes import narrow
from apportion.core.decide.columns import LONGEST, Columns, Flags, Floats, Ints, floats, greatest
from apportion.core.decide.core_model import Core, core_model, core_of, with_taken
from apportion.core.decide.cuts import CUT_ROUNDS, most_rows, with_rows
from apportion.core.decide.lifted import Closed, Lift, Priced
from apportion.core.decide.model import Model, Row
from apportion.core.decide.problem import Problem
from apportion.core.decide.relaxation import Relaxation
from apportion.core.decide.sift import Sifted
from apportion.core.decide.tree import Node, Search, Slate
from apportion.core.decide.weigh import Stakes, Weighed

MOST_OPEN = 1_500  # requests; with more the search would hardly end
SOLVES = 36_000  # relaxations of a core of 100; a quarter as many of one twice as large
FEWEST_SOLVES = 300
MOST_YIELDING = 400
MOST_NARROWED = 5
CLEARLY_FEWER = 0.9
SPARE_STEPS = 1  # the box is drawn this much wider than floats say, so that it surely holds

Box = tuple[Ints, Ints]  # the fewest and the most steps
Judge = Callable[[Ints], "tuple[int, int] | None"]  # score and slack of a slate, None: not admitted


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A search of the open places, lifted.

    Shape: nodes name positions in `members`; rows are the core's, most-rows over the whole round.
    """

    taken: Ints
    members: Ints
    chain: tuple[Mapping[int, int], ...]  # prices that narrow the box further, one after the other
    beaten: int
    nodes: tuple[Node, ...]
    leaves: dict[int, Closed]
    rows: tuple[Row, ...]
    bound: int
    solves: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """The gap to be closed: the relaxation, the best slate, and who could be funded."""

    sifted: Sifted
    weighed: Weighed
    possible: Flags
    taken: Ints
    score: int
    slack: int


def close_gap(columns: Columns, stakes: Stakes, gap: Open, judge: Judge) -> Attempt | None:
    """Searches the open places; None where there are too many of them."""
    beaten = gap.score + gap.slack // 2
    everything = np.zeros_like(columns.steps), np.where(gap.possible, columns.steps, 0)
    box = _narrowed(columns, gap.weighed, beaten, everything)
    members = _open_places(columns, gap, box)
    if not members.size or len(members) > MOST_OPEN:
        return None
    whole = gap.sifted.fractions > 1 - 1e-9
    core = core_of(columns, members, whole)
    rest = whole.copy()
    rest[members] = False
    sure = sum(stakes.gains[rest].tolist())
    within = box[0][members], box[1][members]
    if not narrow(core.problem, *within, range(len(members))):
        return None
    box[0][members], box[1][members] = within
    start = _Start(columns, stakes, core, box, within, beaten)
    start.narrow(_without_the_others(columns, core, box[0]))
    model, box, within = start.model, start.box, start.within
    best = Slate(taken=tuple(gap.taken[members].tolist()), score=gap.score - sure, slack=gap.slack)

    def appraise(taken: tuple[int, ...]) -> Slate | None:
        judged = judge(with_taken(columns, core, whole, taken))
        if judged is None:
            return None
        return Slate(taken=taken, score=judged[0] - sure, slack=judged[1])

    most = max(FEWEST_SOLVES, SOLVES * 100**2 // max(100, len(members)) ** 2)
    inside = within[0].copy(), within[1].copy()
    searched = Search(core.problem, model, appraise).run(best, most_solves=most, within=inside)
    if searched.best is None:
        return None
    lift = Lift(columns, stakes, core.members, model.rows)
    target = max(beaten, searched.best.score + sure)
    leaves = {
        place: lift.close(
            searched.nodes[place].prices,
            searched.nodes[above].prices,
            _whole_box(box, members, low, high),
            target,
        )
        for place, above, low, high in _leaves(core.problem, searched.nodes, within)
    }
    bound = max([target, *(leaf.bound for leaf in leaves.values())])
    return Attempt(
        taken=with_taken(columns, core, whole, searched.best.taken),
        members=members,
        chain=tuple(start.chain),
        beaten=beaten,
        nodes=tuple(searched.nodes),
        leaves=leaves,
        rows=tuple(_lifted(row, members) for row in model.rows),
        bound=bound,
        solves=searched.solves,
    )


class _Start:
    """The box in which the search starts: rows that fractions break, and what prices then rule out."""

    def __init__(
        self,
        columns: Columns,
        stakes: Stakes,
        core: Core,
        box: Box,
        within: Box,
        beaten: int,
    ) -> None:
        self._columns, self._stakes, self._core, self._beaten = columns, stakes, core, beaten
        self.box, self.within = box, within
        self.model = core_model(columns, core, stakes, spare=False)
        self.chain: list[Mapping[int, int]] = []

    def narrow(self, roomier: Problem) -> None:
        """Adds rows and narrows in turns, as long as that leaves clearly fewer places open."""
        members, problem = self._core.members, self._core.problem
        for _ in range(MOST_NARROWED):
            self.model, prices = _tightened(roomier, self.model, self.within)
            if prices is None:
                return
            lift = Lift(self._columns, self._stakes, members, self.model.rows)
            priced = lift.priced(prices, self.box)
            if priced.total <= self._beaten * priced.scale:
                return
            box = _narrowed(self._columns, priced, self._beaten, self.box)
            within = box[0][members], box[1][members]
            if not narrow(problem, *within, range(len(members))):
                return
            before, after = _width(self.within), _width(within)
            if after > CLEARLY_FEWER * before:
                return
            box[0][members], box[1][members] = within
            self.box, self.within = box, within
            self.chain.append(priced.prices)


def _width(box: Box) -> int:
    return int((box[0] < box[1]).sum())


def _narrowed(columns: Columns, priced: Weighed | Priced, beaten: int, box: Box) -> Box:
    """The fewest and the most steps in any slate better than `beaten`, drawn a little too wide."""
    spare = float(max(0, priced.total - beaten * priced.scale)) * (1 + 1e-9)
    reduced = floats(priced.reduced)
    with np.errstate(divide="ignore", invalid="ignore"):
        moves = np.nan_to_num(spare / np.abs(reduced) * floats(columns.steps), nan=2.0**61)
    moves = np.minimum(moves, 2.0**61)
    reach = np.ceil(moves * (1 + 1e-9)).astype(np.int64) + SPARE_STEPS
    reach[moves < 1 / 2] = 0  # not a single step: nothing that a float could get wrong
    low = np.where(reduced > 0, np.maximum(box[0], box[1] - reach), box[0])
    high = np.where(reduced < 0, np.minimum(box[1], box[0] + reach), box[1])
    low = np.where(low > 0, np.maximum(low, columns.least), low)
    high = np.where(high < columns.least, 0, high)
    return low, high


def _open_places(columns: Columns, gap: Open, box: Box) -> Ints:
    """Those that may be in or out, those between, and all they are linked to."""
    fractions = gap.sifted.fractions
    chosen = (box[0] == 0) & (box[1] > 0)
    chosen |= (fractions > 1e-9) & (fractions < 1 - 1e-9)
    chosen |= gap.taken != np.where(fractions > 1 - 1e-9, columns.steps, 0)
    near = np.abs(floats(gap.weighed.reduced)) <= 2.0 * max(
        0, gap.weighed.total - gap.score * gap.weighed.scale
    )
    chosen = (chosen | (near & (columns.least < columns.steps))) & gap.possible
    chosen[_yielding(gap, box)] = True
    while True:
        before = int(chosen.sum())
        for group in columns.exclusive:
            if chosen[group].any():
                chosen[group] = True
        touched = chosen[columns.needs].any(axis=1)
        chosen[columns.needs[touched].ravel()] = True
        chosen &= gap.possible
        if int(chosen.sum()) == before:
            return np.flatnonzero(chosen)


def _yielding(gap: Open, box: Box) -> Ints:
    """Those who can give a part, the nearest first: a large request that is let in needs room."""
    some = np.flatnonzero((box[0] < box[1]) & (box[0] > 0))
    nearest = np.argsort(np.abs(floats(gap.weighed.reduced[some])), kind="stable")
    return some[nearest[:MOST_YIELDING]]


def _without_the_others(columns: Columns, core: Core, low: Ints) -> Problem:
    """The core with what limits have left when the others take the least that they can."""
    others = low.copy()
    others[core.members] = 0
    some = np.flatnonzero(others)
    limits = []
    for limit, mine in zip(columns.limits, core.problem.limits, strict=True):
        held = some[limit.families[columns.family[some]]]
        asked = columns.demand[limit.resource][held]
        if greatest(asked) * greatest(others[held]) < LONGEST:
            used = int((asked * others[held] // columns.steps[held]).sum())
        else:
            parts = zip(
                asked.tolist(), others[held].tolist(), columns.steps[held].tolist(), strict=True
            )
            used = sum(n * k // steps for n, k, steps in parts)
        limits.append(replace(mine, bound=limit.amount - used))
    return replace(core.problem, limits=tuple(limits))


def _tightened(problem: Problem, model: Model, within: Box) -> tuple[Model, Floats | None]:
    """Adds the rows that fractions break at the root of the search; with the prices there."""
    count = len(problem.asks)
    steps = np.array(problem.steps, float)
    high = np.array(model.highest(count))
    low = np.zeros(len(high))
    low[:count], high[:count] = within[0] / steps, within[1] / steps
    for _ in range(CUT_ROUNDS):
        relaxed = Relaxation(model).solve(low, high)
        if not np.isfinite(relaxed.value):
            return model, None
        rows = most_rows(problem, relaxed.columns[:count], model.rows)
        if not rows:
            return model, relaxed.prices
        model = with_rows(model, tuple(replace(row, within=0) for row in rows))
    relaxed = Relaxation(model).solve(low, high)
    return model, relaxed.prices if np.isfinite(relaxed.value) else None


def _leaves(
    problem: Problem, nodes: list[Node], within: Box
) -> Iterator[tuple[int, int, Ints, Ints]]:
    """Walks the search's tree; yields each leaf whose box is not empty, and the node above it."""
    waiting = [(0, 0, within[0].copy(), within[1].copy())]
    while waiting:
        place, above, low, high = waiting.pop()
        node = nodes[place]
        if node.request < 0:
            yield place, above, low, high
            continue
        for child, side in ((node.yes, True), (node.no, False)):
            box = low.copy(), high.copy()
            if side:
                box[0][node.request] = max(box[0][node.request], node.at_least)
            else:
                box[1][node.request] = min(box[1][node.request], node.at_least - 1)
            if narrow(problem, *box, [node.request]):
                waiting.append((child, place, *box))


def _whole_box(box: Box, members: Ints, low: Ints, high: Ints) -> Box:
    whole = box[0].copy(), box[1].copy()
    whole[0][members], whole[1][members] = low, high
    return whole


def _lifted(row: Row, members: Ints) -> Row:
    """A most-row with its members' places in the whole round; others are known by what they are about."""
    if row.kind != "most":
        return row
    return replace(row, columns=tuple(members[list(row.columns)].tolist()))
