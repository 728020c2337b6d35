"""The linear relaxation of a large round, from a few thousand of its requests at a time.

Prices of the limits tell what every request costs. Those worth far more than that are funded whole,
those worth far less get nothing, and only the rest, the working set, go into a linear program; its
duals are the next prices, until no request outside finds itself on the wrong side. The first prices
come from the same method on a sample: those drawn first.
"""

from dataclasses import dataclass

import highspy
import numpy as np

from apportion.core.decide.columns import Columns, Flags, Floats, Ints, floats, used_in_full
from apportion.core.decide.components import Links, links_of
from apportion.core.decide.model import MISS_SCALE
from apportion.core.decide.programs import assembled, check_solved
from apportion.core.decide.relaxation import quiet_highs
from apportion.core.faults import InvariantBroken

WHOLE_PROGRAM = 1_500  # a round with fewer requests is one linear program
MOST_ROUNDS = 60
SAMPLE, WINDOW = 4.0, 1.5  # sizes of samples and of working sets, in counts to the power of 2/3
SIFTED = 1e-11  # of the value: what requests on the wrong side may add to the bound and be left
OVERFLOW = 100.0  # what a unit beyond a limit costs, in average values of a unit
DEARER = 30.0
MOST_DEARER = 2
NEARLY_NONE = 1e-7


@dataclass(frozen=True, slots=True, kw_only=True)
class Aimed:
    """What is maximised over fractions: gains of requests, less what missed shares cost.

    Units: miss is in gain units for the whole of a promise; budget is the most missed shares in
    units of 1e-12; None: no floor may be missed, or where miss is not zero, any may.
    """

    gains: Floats
    miss: float = 0.0
    budget: int | None = None

    @property
    def may_miss(self) -> bool:
        """Says whether floors may be missed at all."""
        return bool(self.miss) or self.budget is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifted:
    """A relaxation solved. Units: prices in gain units per unit of their row; value likewise.

    Shape: prices are those of limits, floors and last the budget of missed shares; labels
    (by position in `exclusive`) and needs those of the links, zero where the links were not at stake.
    """

    fractions: Floats
    prices: Floats
    labels: dict[int, float]
    needs: dict[int, float]
    reduced: Floats  # what each request is worth beyond what it costs
    value: float
    programs: int  # how many linear programs it took


def sift(
    columns: Columns, aim: Aimed, possible: Flags, *, though_short: bool = False
) -> Sifted | None:
    """Solves the relaxation over the possible requests; None where the floors seem not to hold.

    Though short: fractions that miss floors are returned too; their prices bound slates that do not.
    """
    samples = samples_of(columns, possible)
    prices = np.zeros(len(columns.bounds) + 1)
    programs = 0
    for members in samples[:-1]:
        level = Level(columns, aim, members, links=None)
        prices = level.run(prices)
        programs += level.programs
    level = Level(columns, aim, samples[-1], links=links_of(columns))
    level.run(prices)
    if level.overflows and not though_short:
        return None
    return level.sifted(programs)


def samples_of(columns: Columns, possible: Flags) -> list[Ints]:
    """Larger and larger samples of the possible requests, those drawn first; the last is all."""
    everyone = np.flatnonzero(possible)
    everyone = everyone[np.argsort(columns.draw[everyone], kind="stable")]
    sizes = [len(everyone)]
    while sizes[-1] > 2 * WHOLE_PROGRAM:
        sizes.append(max(WHOLE_PROGRAM, min(sizes[-1] // 2, int(SAMPLE * sizes[-1] ** (2 / 3)))))
    return [everyone[:size] for size in sizes[:0:-1]] + [np.sort(everyone)]


class Level:
    """One round, or a sample of it, sifted from some first prices."""

    def __init__(self, columns: Columns, aim: Aimed, members: Ints, *, links: Links | None) -> None:
        self.columns, self.aim, self.members, self.links = columns, aim, members, links
        self.programs = 0
        self.overflows = False
        bounds = columns.bounds
        self.sign = np.array([1.0] * len(columns.limits) + [-1.0] * len(columns.floors))
        self.inside = np.array([b.families for b in bounds]).reshape(len(bounds), -1)
        self.resource = np.array([b.resource for b in bounds], int)
        self.demand = floats(columns.demand[:, members])
        self.family = columns.family[members]
        self.gains = aim.gains[members]
        self.gain = max(1.0, float(self.gains.max(initial=0.0)), abs(aim.miss))
        self.scale = np.maximum(1.0, self.demand.max(axis=1, initial=0.0))[self.resource]
        self.amounts = self._amounts()
        self.whole = np.zeros(len(members), bool)  # outside the working set: funded whole
        self.working = np.zeros(len(members), bool)
        self.costly = np.maximum(self._average_values() * OVERFLOW, self._dearest_miss())
        self.labels: dict[int, float] = {}
        self.needs: dict[int, float] = {}
        self.prices = np.zeros(len(bounds) + 1)
        self.part = np.zeros(0)

    def run(self, prices: Floats) -> Floats:
        """Sifts until nobody outside is on the wrong side; returns the prices."""
        reduced = self.reduced(prices)
        self._choose(reduced)
        dearer = 0
        for _ in range(MOST_ROUNDS):
            value, over = self._solve()
            reduced = self.reduced(self.prices)
            wrong = ~self.working & np.where(self.whole, reduced < 0, reduced > 0)
            lost = float(np.abs(reduced[wrong]).sum())
            torn = self._torn(reduced)
            if lost <= SIFTED * abs(value) and not torn.any():
                if over <= NEARLY_NONE or dearer == MOST_DEARER:
                    self.overflows = over > NEARLY_NONE
                    break
                dearer += 1
                self.costly = self.costly * DEARER
                continue
            self._admit(reduced, wrong, torn)
        else:
            raise InvariantBroken("sifting did not come to an end")
        return self.prices

    def reduced(self, prices: Floats) -> Floats:
        """What each member is worth beyond what it costs, links aside."""
        table = self._family_prices(prices)
        reduced: Floats = self.gains.copy()
        for r in range(len(self.columns.resources)):
            reduced -= self.demand[r] * table[self.family, r]
        return reduced

    def sifted(self, programs: int) -> Sifted:
        """The relaxation over the whole round, once it has been run."""
        count = self.columns.count
        fractions, reduced = np.zeros(count), np.zeros(count)
        outside = self.whole & ~self.working
        fractions[self.members[outside]] = 1.0
        fractions[self.members[self.working]] = self.part
        reduced[self.members] = self.reduced(self.prices)
        return Sifted(
            fractions=fractions,
            prices=self.prices,
            labels=self.labels,
            needs=self.needs,
            reduced=reduced,
            value=float(self.gains[outside].sum() + self.gains[self.working] @ self.part),
            programs=programs + self.programs,
        )

    def _family_prices(self, prices: Floats) -> Floats:
        """What a unit of each resource costs each family."""
        table: Floats = np.zeros((self.inside.shape[1], len(self.columns.resources)))
        for k, price in enumerate((self.sign * prices[: len(self.sign)]).tolist()):
            table[:, self.resource[k]] += price * self.inside[k]
        return table

    def _amounts(self) -> Floats:
        """The bounds, scaled down to the share of demand that a sample has."""
        amounts = np.array([float(b.amount) for b in self.columns.bounds])
        if self.links is not None:  # the whole round: whoever is missing can never be funded
            return amounts
        everyone = np.ones(self.columns.count, bool)
        sampled = np.zeros(self.columns.count, bool)
        sampled[self.members] = True
        asked = np.array(used_in_full(self.columns, everyone), float)
        share = np.array(used_in_full(self.columns, sampled), float) / np.maximum(asked, 1.0)
        amounts *= share
        return amounts

    def _average_values(self) -> Floats:
        """What a scaled unit of each row's resource is worth on average."""
        total = float(self.gains.sum()) + abs(self.aim.miss)
        asked = (self.demand.sum(axis=1)[self.resource] + self.amounts) / self.scale
        values: Floats = np.maximum(total / np.maximum(asked, 1e-9), self.gain * 1e-6)
        return values

    def _dearest_miss(self) -> float:
        """What a scaled unit of a promise costs where missing it counts, and ten times more."""
        if not self.aim.miss:
            return 0.0
        limits = len(self.columns.limits)
        units = self.amounts[limits:] / self.scale[limits:]
        return min(10 * abs(self.aim.miss) / float(units.min(initial=np.inf)), 1e6 * self.gain)

    def _choose(self, reduced: Floats) -> None:
        """Puts those nearest to the margin into the working set, the others where they belong."""
        size = len(self.members)
        self.whole = reduced > 0
        self.working = np.zeros(size, bool)
        if size <= WHOLE_PROGRAM:
            self.working[:] = True
            return
        most = max(WHOLE_PROGRAM, int(WINDOW * size ** (2 / 3)))
        worth = np.maximum(self.gains, self.gains - reduced)
        nearness = np.abs(reduced) / np.maximum(worth, 1e-300)
        nearest = np.argpartition(nearness, most)[:most] if most < size else np.arange(size)
        self.working[nearest] = True
        self.working |= self._torn(reduced)
        self._admit_components(self.working)

    def _admit(self, reduced: Floats, wrong: Flags, torn: Flags) -> None:
        """Takes those on the wrong side into the working set, the worst first where they are many."""
        most = max(2 * WHOLE_PROGRAM, int(WINDOW * len(self.members) ** (2 / 3)))
        entering = np.flatnonzero(wrong)
        if len(entering) > most:
            worst = np.argsort(-np.abs(reduced[entering]), kind="stable")[:most]
            entering = entering[worst]
        self.working[entering] = True
        self.working |= torn
        self._admit_components(self.working)

    def _admit_components(self, chosen: Flags) -> None:
        """Whoever is linked to somebody in the working set is in it too."""
        if self.links is None:
            return
        component = self.links.component[self.members]
        held = component[chosen & (component >= 0)]
        if held.size:
            present = np.zeros(int(self.links.component.max()) + 1, bool)
            present[held] = True
            chosen |= (component >= 0) & present[component]

    def _torn(self, reduced: Floats) -> Flags:
        """Members outside whose own sides break a link between them."""
        torn = np.zeros(len(self.members), bool)
        if self.links is None or bool(self.working.all()):
            return torn
        whole = np.zeros(self.columns.count, bool)
        whole[self.members[(reduced > 0) & ~self.working]] = True
        broken = np.zeros(int(self.links.component.max(initial=-1)) + 1, bool)
        for label, members in enumerate(self.columns.exclusive):
            if np.count_nonzero(whole[members]) > 1:
                broken[self.links.label_component[label]] = True
        needs = self.columns.needs
        unmet = whole[needs[:, 0]] & ~whole[needs[:, 1]]
        inside = np.zeros(self.columns.count, bool)
        inside[self.members[self.working]] = True
        broken[self.links.need_component[unmet & ~inside[needs[:, 0]]]] = True
        component = self.links.component[self.members]
        if broken.any():
            torn = (component >= 0) & broken[component] & ~self.working
        return torn

    def _solve(self) -> tuple[float, float]:
        """Solves the working set's program; gives its value and the worst overflow of a row."""
        self.programs += 1
        chosen = np.flatnonzero(self.working)
        rest = self.amounts - self._used(self.whole & ~self.working)
        program, links = self._program(chosen, rest)
        highs = quiet_highs()
        highs.setOptionValue("presolve", "off")  # takes ten times as long here as the simplex
        highs.passModel(program)
        self._run(highs, chosen)
        solution = highs.getSolution()
        values = np.array(solution.col_value)[: program.num_col_]
        duals = np.maximum(-np.array(solution.row_dual), 0.0)[: program.num_row_] * self.gain
        bounds = len(self.sign)
        self.part = values[: len(chosen)]
        self.prices = np.zeros(bounds + 1)
        self.prices[:bounds] = duals[:bounds] / self.scale
        own = bounds
        if self.aim.budget is not None:
            self.prices[bounds] = duals[bounds] / MISS_SCALE
            own += 1
        self._keep_links(links, duals[own:])
        outside = self.whole & ~self.working
        value = float(self.gains[outside].sum()) - highs.getObjectiveValue() * self.gain
        over = values[len(values) - bounds :] if bounds else np.zeros(1)
        return value, float(over.max(initial=0.0))

    def _run(self, highs: highspy.Highs, chosen: Ints) -> None:
        """Solves the program; whoever aims at more than a sum adds to it here."""
        del self, chosen
        highs.run()
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            highs.clearSolver()
            highs.setOptionValue("presolve", "on")
            highs.run()
        check_solved(highs)

    def _used(self, chosen: Flags) -> Floats:
        """What members funded whole use of each row, in the row's units (less than none: gives)."""
        count = self.inside.shape[1]
        sums = np.array(
            [np.bincount(self.family[chosen], d[chosen], count) for d in self.demand]
        ).reshape(len(self.demand), count)
        used: Floats = (self.inside * sums[self.resource]).sum(axis=1)
        return used

    def _program(
        self, chosen: Ints, rest: Floats
    ) -> tuple[highspy.HighsLp, list[tuple[str, int, float]]]:
        """The working set in floats: its members, missed shares, and overflow at a high price."""
        bounds, floors = len(self.sign), len(self.columns.floors) if self.aim.may_miss else 0
        matrix = self.demand[self.resource][:, chosen] / self.scale[:, None]
        matrix *= self.sign[:, None] * self.inside[:, self.family[chosen]]
        rows, places = np.nonzero(matrix)
        parts = [(rows, places, matrix[rows, places])]
        upper = list(self.sign * rest / self.scale)
        first = len(chosen)
        parts.append(self._miss_entries(first, floors))
        if self.aim.budget is not None:
            spots = np.arange(first, first + floors)
            parts.append((np.full(floors, bounds), spots, np.ones(floors)))
            upper.append(self.aim.budget / MISS_SCALE)
        linked, kinds = self._link_rows(chosen, len(upper))
        parts += linked
        upper += [1.0 if kind == "label" else 0.0 for kind, _, _ in kinds]
        over = np.arange(bounds)
        parts.append((over, first + floors + over, -np.ones(bounds)))
        costs = np.concatenate(
            [
                -self.gains[chosen] / self.gain,
                np.full(floors, -self.aim.miss / self.gain),
                self.costly / self.gain,
            ]
        )
        ceiling = np.concatenate([np.ones(first + floors), np.full(bounds, highspy.kHighsInf)])
        return assembled(costs, ceiling, np.array(upper), parts), kinds

    def _miss_entries(self, first: int, floors: int) -> "tuple[Ints, Ints, Floats]":
        limits = len(self.columns.limits)
        promised = self.amounts[limits : limits + floors] / self.scale[limits : limits + floors]
        spots = np.arange(floors)
        return limits + spots, first + spots, -promised

    def _link_rows(
        self, chosen: Ints, row: int
    ) -> "tuple[list[tuple[Ints, Ints, Floats]], list[tuple[str, int, float]]]":
        """Rows of the links among the working set; a request that cannot be funded counts as none."""
        parts: list[tuple[Ints, Ints, Floats]] = []
        kinds: list[tuple[str, int, float]] = []
        if self.links is None:
            return parts, kinds
        seat = np.full(self.columns.count, -1)
        seat[self.members[chosen]] = np.arange(len(chosen))
        for label, members in enumerate(self.columns.exclusive):
            spots = seat[members]
            spots = spots[spots >= 0]
            if len(spots) > 1:
                parts.append((np.full(len(spots), row + len(kinds)), spots, np.ones(len(spots))))
                kinds.append(("label", label, 1.0))
        for place, (i, j) in enumerate(self.columns.needs.tolist()):
            if seat[i] < 0:
                continue
            share = float(self.columns.least[j]) / float(self.columns.steps[j])
            there = seat[j] >= 0
            spots = np.array([seat[i], seat[j]] if there else [seat[i]])
            weights = np.array([share, -1.0] if there else [share])
            parts.append((np.full(len(spots), row + len(kinds)), spots, weights))
            kinds.append(("need", place, float(self.columns.steps[j])))
        return parts, kinds

    def _keep_links(self, kinds: list[tuple[str, int, float]], duals: Floats) -> None:
        self.labels, self.needs = {}, {}
        for (kind, place, scale), dual in zip(kinds, duals.tolist(), strict=True):
            if dual > 0:
                (self.labels if kind == "label" else self.needs)[place] = dual / scale
