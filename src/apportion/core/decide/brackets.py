"""What a denied request's minimum would have to be worth, from below and from above.

From below: with the request's minimum taken out of every limit, the relaxation's prices bound what
all others can still be worth; below what is missing then, no slate that funds it beats the one that
does not. From above: a slate of whole units that funds it, found by a short search near the margin;
above what that slate lacks, some slate that funds it beats every other. Between the two lies the
threshold. Requests with links of their own are left out: their links change what others may have.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import highspy
import numpy as np

from apportion.core.decide.branching import COARSE_STEPS
from apportion.core.decide.columns import Columns, Flags, Floats, Ints, floats, used_in_full
from apportion.core.decide.relaxation import quiet_highs
from apportion.core.decide.scale import missed_by, value_of
from apportion.core.decide.sift import Aimed, Sifted, sift

WINDOW = 1.5  # size of the working set, in counts to the power of 2/3
FEWEST = 300
MOST_PROGRAMS = 30  # relaxations per request
SHARP = 0.6  # the search ends when its slate lies within this part of the width asked for
SLIVER = 1e-7
ROUNDED = 1e-11  # what floats may have lost, as a part of the value


@dataclass(frozen=True, slots=True, kw_only=True)
class Bracket:
    """Where the worth of a minimum must lie for it to be funded. Units: micropoints.

    Below `low` no slate that funds the request beats the one decided; from `high` on one does.
    High is None where the search found no slate.
    """

    low: float
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Box:
    """Part of the working set's choices. Units: fractions."""

    low: Floats
    high: Floats
    value: float


class Margin:
    """The requests near a decided round's margin, ready to make room for one more."""

    def __init__(self, columns: Columns, taken: Ints, *, value: int, bound: int) -> None:
        self.columns, self.taken, self.value, self.bound = columns, taken, value, bound
        sifted = sift(columns, Aimed(gains=floats(columns.worth)), np.ones(columns.count, bool))
        self._ready = sifted is not None and not missed_by(columns, taken) and _is_narrow(columns)
        if sifted is None:
            return
        self._sifted = sifted
        self._linked = _linked(columns)
        self._least = floats(columns.least) / floats(columns.steps)
        self._gains = floats(columns.worth)
        self._sign = np.array([1.0] * len(columns.limits) + [-1.0] * len(columns.floors))
        self._members = self._near(sifted)
        self._fixed = floats(taken) / floats(columns.steps)
        self._fixed[self._members] = 0.0
        self._demand = self._uses(np.arange(columns.count))
        self._amounts = self._sign * np.array([float(b.amount) for b in columns.bounds])
        self._near_uses = self._demand[:, self._members]
        self._scale = np.maximum(1.0, np.abs(self._near_uses).max(axis=1, initial=0.0))
        # A few units are kept back where units are fine, so that fractions can be rounded down and
        # floors still hold: at a vertex no more requests are cut than there are rows.
        kept = np.where(np.arange(len(self._amounts)) < len(columns.limits), 1, len(self._amounts))
        kept = np.where(self._scale < COARSE_STEPS, 0, 2 * kept)
        self._room = self._amounts - self._demand @ self._fixed - 2e-9 * self._scale - kept
        self._gain = max(1.0, float(self._gains.max(initial=0.0)))
        self._highs = self._program()
        self._rows = np.arange(len(self._amounts), dtype=np.int32)
        self._none = np.full(len(self._rows), -highspy.kHighsInf)
        self._low = np.zeros(len(self._members))
        self._high = np.ones(len(self._members))

    def bracket(self, i: int, *, width: float) -> Bracket | None:
        """Brackets the threshold of a request; None where it or the round cannot be bracketed.

        Units: width in micropoints; the search stops when it is that near.
        """
        if not self._ready or self._linked[i] or not self.columns.worth[i]:
            return None
        takes = self._demand[:, i] * self._least[i]
        low = np.zeros(len(self._members))
        high = np.where(self._members == i, 0.0, 1.0)
        self._highs.changeRowsBounds(  # type: ignore[attr-defined]  # missing in its stubs
            len(self._rows), self._rows, self._none, (self._room - takes) / self._scale
        )
        first = self._solve(low, high)
        if first is None:
            return None
        top, fractions, prices = first
        bound = self._bound_without(i, prices) - float(prices @ takes)
        lost = ROUNDED * self.bound
        found = None
        for leaf in self._leaves(_Box(low=low, high=high, value=top), fractions):
            slate = self._whole(i, leaf)
            worth = self._worth_beside(i, slate) if slate is not None else None
            if worth is not None and (found is None or worth > found):
                found = worth
            if found is not None and bound - found <= width * SHARP:
                break
        return Bracket(
            low=max(0.0, self.value - bound - lost),
            high=None if found is None else max(0.0, self.bound - found + lost),
        )

    def _leaves(self, whole: _Box, fractions: Floats) -> Iterator[Floats]:
        """Dives to fractions that keep every minimum, the likelier side of each split first."""
        waiting: list[tuple[_Box, Floats | None]] = [(whole, fractions)]
        best, programs = -np.inf, 0
        least = self._least[self._members]
        while waiting and programs < MOST_PROGRAMS:
            box, held = waiting.pop()
            value = box.value
            if held is None:
                programs += 1
                solved = self._solve(box.low, box.high)
                if solved is None:
                    continue
                value, held, _ = solved
            if value <= best:
                continue
            below = np.flatnonzero((held > SLIVER) & (held < least - SLIVER) & (box.low == 0))
            if not below.size:
                best = value
                yield held
                continue
            lean = held[below] / least[below]
            at = below[np.argmax(np.minimum(lean, 1 - lean))]
            up, down = box.low.copy(), box.high.copy()
            up[at], down[at] = least[at], 0.0
            sides = [
                (_Box(low=box.low, high=down, value=value), None),
                (_Box(low=up, high=box.high, value=value), None),
            ]
            waiting += sides if held[at] > least[at] / 2 else sides[::-1]

    def _whole(self, i: int, fractions: Floats) -> Ints | None:
        """A slate of whole steps with the request at its minimum; None where a row does not hold."""
        steps = self.columns.steps[self._members]
        taken = self.taken.copy()
        near = np.floor(fractions * floats(steps) + SLIVER).astype(np.int64)
        near = np.where(fractions > 1 - SLIVER, steps, near)
        least = self.columns.least[self._members]
        short = (near < least) & (fractions > SLIVER)
        taken[self._members] = np.where(fractions <= SLIVER, 0, np.where(short, least, near))
        taken[i] = self.columns.least[i]
        fits = self._fits(taken) and not missed_by(self.columns, taken)
        return taken if fits else None

    def _fits(self, taken: Ints) -> bool:
        """Says whether every limit holds, in integers."""
        columns = self.columns
        whole = taken == columns.steps
        cut = np.flatnonzero((taken > 0) & ~whole)
        used = used_in_full(columns, whole)
        for k, limit in enumerate(columns.limits):
            asked = columns.demand[limit.resource]
            inside = cut[limit.families[columns.family[cut]]].tolist()
            more = sum(-(-int(taken[j]) * int(asked[j]) // int(columns.steps[j])) for j in inside)
            if used[k] + more > limit.amount:
                return False
        return True

    def _worth_beside(self, i: int, taken: Ints) -> int:
        """What a slate is worth without what the request itself brings."""
        own = int(self.columns.worth[i]) * int(taken[i]) // int(self.columns.steps[i])
        return value_of(self.columns, taken) - own

    def _bound_without(self, i: int, prices: Floats) -> float:
        """What prices prove about slates of all others, the request's own gain left out."""
        columns, sifted = self.columns, self._sifted
        reduced = self._gains - prices @ self._demand
        total = float(prices @ self._amounts)
        for label, price in sifted.labels.items():
            reduced[columns.exclusive[label]] -= price
            total += price
        for place, price in sifted.needs.items():
            needing, needed = columns.needs[place]
            reduced[needing] -= price * float(columns.least[needed])
            reduced[needed] += price * float(columns.steps[needed])
        reduced[i] = 0.0
        return total + float(np.maximum(reduced, 0.0).sum())

    def _near(self, sifted: Sifted) -> Ints:
        """Those nearest to their price, and whoever is cut; those with links stay as decided."""
        nearness = np.abs(sifted.reduced) / np.maximum(self._gains, 1.0)
        size = max(FEWEST, int(WINDOW * self.columns.count ** (2 / 3)))
        free = np.flatnonzero(~self._linked)
        nearest = free[np.argsort(nearness[free], kind="stable")[:size]]
        cut = np.flatnonzero((self.taken > 0) & (self.taken < self.columns.steps) & ~self._linked)
        return np.union1d(nearest, cut)

    def _uses(self, members: Ints) -> Floats:
        """What a whole ask takes of each row; what counts towards a floor is less than none."""
        columns = self.columns
        rows = [
            sign * floats(columns.demand[b.resource][members]) * b.families[columns.family[members]]
            for sign, b in zip(self._sign.tolist(), columns.bounds, strict=True)
        ]
        return np.array(rows).reshape(len(columns.bounds), len(members))

    def _program(self) -> highspy.Highs:
        highs = quiet_highs()
        highs.setOptionValue("presolve", "off")
        matrix = self._near_uses / self._scale[:, None]
        places, rows = np.nonzero(matrix.T)
        program = highspy.HighsLp()
        program.num_col_, program.num_row_ = matrix.shape[1], matrix.shape[0]
        program.col_cost_ = -self._gains[self._members] / self._gain
        program.col_lower_ = np.zeros(matrix.shape[1])
        program.col_upper_ = np.ones(matrix.shape[1])
        program.row_lower_ = np.full(matrix.shape[0], -highspy.kHighsInf)
        program.row_upper_ = self._room / self._scale
        program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        starts = np.searchsorted(places, np.arange(matrix.shape[1] + 1))
        program.a_matrix_.start_ = starts.astype(np.int32)
        program.a_matrix_.index_ = rows.astype(np.int32)
        program.a_matrix_.value_ = matrix.T[places, rows]
        highs.passModel(program)
        return highs

    def _solve(self, low: Floats, high: Floats) -> tuple[float, Floats, Floats] | None:
        """Solves the working set within a box: value, fractions and prices per unit of each row."""
        moved = np.flatnonzero((low != self._low) | (high != self._high)).astype(np.int32)
        if moved.size:
            self._highs.changeColsBounds(moved.size, moved, low[moved], high[moved])
            self._low, self._high = low, high
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = self._highs.getSolution()
        prices = np.maximum(-np.array(solution.row_dual), 0.0) * self._gain / self._scale
        value = -self._highs.getObjectiveValue() * self._gain
        return value, np.array(solution.col_value), prices


def _is_narrow(columns: Columns) -> bool:
    """Says whether 64 bits hold the round's numbers, so that whole columns are counted at once."""
    return object not in {columns.demand.dtype, columns.steps.dtype}


def _linked(columns: Columns) -> Flags:
    """Whoever shares a label, requires somebody or is required."""
    linked = np.zeros(columns.count, bool)
    for members in columns.labels:
        linked[members] = True
    linked[columns.needs.ravel()] = True
    return linked
