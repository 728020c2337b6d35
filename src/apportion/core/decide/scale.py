"""Large rounds: a sifted relaxation, a core grown until the gap asked for is proved, whole units.

At a vertex of the relaxation only a handful of requests stand below their minimum, at any size. So
the prices of the relaxation, rounded to integers, bound every slate closely, and a slate that close
differs from the relaxation in few places: the core. It is solved with explicit binaries by HiGHS,
whose word counts for nothing: the slate is counted in integers and the bound comes from the prices.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from apportion.core.decide.branching import COARSE_STEPS
from apportion.core.decide.closing import Attempt, Open, close_gap
from apportion.core.decide.columns import (
    Columns,
    Flags,
    Floats,
    Ints,
    exact_sum,
    floats,
    used_in_full,
)
from apportion.core.decide.core_model import core_model, core_of, with_taken
from apportion.core.decide.model import MISS_SCALE
from apportion.core.decide.phases import CUT_PART, WHOLE_PART, missed_score
from apportion.core.decide.propose import propose
from apportion.core.decide.room import Room
from apportion.core.decide.rounding import fill, whole_steps
from apportion.core.decide.sift import Aimed, Sifted, sift
from apportion.core.decide.weigh import Stakes, Weighed, hopeless_by_limit, weigh
from apportion.core.faults import InvariantBroken

CORE_SIZES = (60, 150, 400, 1_000)
FIRST_SIZES = 2  # that are tried before the places left open are searched
CORE_NODES = 300
WHOLE = 1 - 1e-9
NOTHING = 1e-9
FILL_ROUNDS = 8
FINEST_GAP = 1e-9
SHARE_OF_ALLOWED = 4  # the core's own gap is a part of what the whole round is allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaled:
    """A slate of a large round with what bounds it. Units: gain units; taken in steps."""

    taken: Ints
    score: int
    missed: Fraction
    weighed: Weighed
    prices: Floats  # of limits and floors, in gain units per unit
    programs: int
    core: int  # how many requests were open in the end
    attempt: Attempt | None = None  # the search that closed the gap, where prices alone did not

    @property
    def bound(self) -> int:
        """What no slate exceeds."""
        least = self.attempt.bound if self.attempt else self.weighed.bound
        return max(self.score, least)


def most_value(
    columns: Columns, *, missed: Fraction, gap: Fraction, start: Ints | None = None
) -> Scaled | None:
    """The most value at no more than these missed shares; None where no such slate is found."""
    budget = -(-missed.numerator * MISS_SCALE // missed.denominator) if missed else None
    stakes = Stakes(gains=columns.worth, budget=budget)
    return _searched(columns, stakes, missed, gap, start)


def least_missed(columns: Columns) -> Scaled:
    """The least total of missed shares of what areas were promised."""
    stakes = Stakes(gains=np.zeros(columns.count, np.int64), miss=-MISS_SCALE)
    found = _searched(columns, stakes, Fraction(len(columns.floors)), Fraction(0), None)
    if found is None:
        raise InvariantBroken("granting nothing is always possible")
    return found


def value_allowance(columns: Columns, taken: Ints, score: int, gap: Fraction) -> int:
    """What whole numbers may cost a slate, and the gap asked for: `value_slack`, on columns."""
    cut = np.flatnonzero((taken > 0) & (taken < columns.steps))
    fine = cut[columns.steps[cut] >= COARSE_STEPS]
    each = (2 * -(-int(columns.worth[i]) // int(columns.steps[i])) for i in fine.tolist())
    part = CUT_PART if fine.size else WHOLE_PART
    return 2 + len(cut) + sum(each) + score // part + int(gap * score)


def value_of(columns: Columns, taken: Ints) -> int:
    """Adds up what a slate is worth, in micropoints, each award rounded down."""
    whole = taken == columns.steps
    cut = np.flatnonzero((taken > 0) & ~whole).tolist()
    parts = (int(columns.worth[i]) * int(taken[i]) // int(columns.steps[i]) for i in cut)
    return exact_sum(columns.worth[whole]) + sum(parts)


def missed_by(columns: Columns, taken: Ints) -> Fraction:
    """Adds up, over the floors, the shortfall as a share of what was promised."""
    whole = taken == columns.steps
    cut = np.flatnonzero((taken > 0) & ~whole).tolist()
    met = used_in_full(columns, whole)[len(columns.limits) :]
    total = Fraction(0)
    for floor, sure in zip(columns.floors, met, strict=True):
        asked = columns.demand[floor.resource]
        more = sum(
            int(asked[i]) * int(taken[i]) // int(columns.steps[i])
            for i in cut
            if floor.families[columns.family[i]]
        )
        total += Fraction(max(0, floor.amount - sure - more), floor.amount)
    return total


def _searched(
    columns: Columns, stakes: Stakes, missed: Fraction, gap: Fraction, start: Ints | None
) -> Scaled | None:
    """Relaxes, bounds, and grows the core until the bound is near enough or the sizes run out."""
    possible = possible_in(columns, hopeless_by_limit(columns))
    aim = Aimed(gains=floats(stakes.gains), miss=float(stakes.miss), budget=stakes.budget)
    sifted = sift(columns, aim, possible, though_short=start is not None)
    if sifted is None:
        return None
    return searched_from(columns, stakes, sifted, missed, gap=gap, start=start, closing=True)


def searched_from(
    columns: Columns,
    stakes: Stakes,
    sifted: Sifted,
    missed: Fraction,
    *,
    gap: Fraction,
    start: Ints | None,
    closing: bool = False,
) -> Scaled | None:
    """Bounds every slate by a relaxation's prices, and searches the core that it leaves open.

    Closing: what the prices leave open is searched box by box, where that is few enough requests.
    """
    hopeless = hopeless_by_limit(columns)
    weighed = weigh(columns, stakes, sifted, hopeless)
    search = _CoreSearch(columns, stakes, sifted, weighed, missed, gap)
    search.offer(np.zeros_like(columns.steps) if start is None else start)
    fundable = _with_those_who_require(columns, possible_in(columns, hopeless))
    search.grow(fundable, closing=closing)
    if search.taken is None:
        return None
    return Scaled(
        taken=search.taken,
        score=search.score,
        missed=missed_by(columns, search.taken),
        weighed=weighed,
        prices=sifted.prices[: len(columns.bounds)],
        programs=sifted.programs + search.programs,
        core=search.size,
        attempt=search.attempt,
    )


class _CoreSearch:
    """Grows the core around the relaxation's open places and keeps the best slate."""

    def __init__(
        self,
        columns: Columns,
        stakes: Stakes,
        sifted: Sifted,
        weighed: Weighed,
        missed: Fraction,
        gap: Fraction,
    ) -> None:
        self._columns, self._stakes, self._sifted = columns, stakes, sifted
        self._weighed, self._missed, self._gap = weighed, missed, gap
        self.taken: Ints | None = None
        self.score = 0
        self.programs = 0
        self.size = 0
        self.attempt: Attempt | None = None

    def close(self, possible: Flags) -> None:
        """Searches the places that the prices leave open, where the bound does not explain the slate."""
        if self.taken is None or self._is_near():
            return
        gap = Open(
            sifted=self._sifted,
            weighed=self._weighed,
            possible=possible,
            taken=self.taken,
            score=self.score,
            slack=self._slack(self.taken, self.score),
        )
        attempt = close_gap(self._columns, self._stakes, gap, self._judged)
        if attempt is None:
            return
        self.programs += attempt.solves
        self.offer(attempt.taken)
        if attempt.bound < self._weighed.bound:
            self.attempt = attempt

    def grow(self, possible: Flags, *, closing: bool) -> None:
        """Solves larger and larger cores until the bound explains the slate, or a search does."""
        known = 0
        for place, size in enumerate(CORE_SIZES):
            members = _core_members(self._columns, self._sifted, possible, size)
            if len(members) == known:
                break
            known = len(members)
            self._try(members)
            if closing and place + 1 >= FIRST_SIZES:
                self.close(possible)
            if self._is_near() or self.attempt or known == int(possible.sum()):
                break
        if closing and self.attempt is None:
            self.close(possible)

    def _try(self, members: Ints) -> None:
        columns, stakes = self._columns, self._stakes
        whole = self._sifted.fractions > WHOLE
        core = core_of(columns, members, whole)
        rest = whole.copy()
        rest[members] = False
        sure = exact_sum(stakes.gains[rest])
        open_ = max(1, self._weighed.bound - sure)
        allowed = self._allowed(self._weighed.bound)
        relative = max(FINEST_GAP, allowed / SHARE_OF_ALLOWED / max(1, abs(open_)))
        self.size = len(members)
        for spare in (True, False):
            self.programs += 1
            proposal = propose(
                core.problem,
                core_model(columns, core, stakes, spare=spare),
                gap=min(relative, 1.0),
                nodes=CORE_NODES,
                enough=float(self._weighed.bound - sure - allowed / SHARE_OF_ALLOWED),
            )
            if proposal.fractions is not None:
                steps = whole_steps(core.problem, proposal.fractions)
                self.offer(with_taken(columns, core, whole, steps))
                break

    def offer(self, taken: Ints) -> None:
        """Takes a slate in, if it keeps the floors and is better than what there is."""
        judged = self._judged(taken)
        if judged and (self.taken is None or judged[0] > self.score):
            self.taken, self.score = taken, judged[0]

    def _judged(self, taken: Ints) -> tuple[int, int] | None:
        """Counts a slate's score and what whole units may cost it; None where it misses floors."""
        missed = missed_by(self._columns, taken)
        slack = floor_allowance(self._columns, taken)
        if self._stakes.miss:
            return missed_score(missed), slack
        if missed > self._missed + (Fraction(slack, MISS_SCALE) if self._missed else 0):
            return None
        score = value_of(self._columns, taken)
        return score, value_allowance(self._columns, taken, score, self._gap)

    def _allowed(self, score: int) -> int:
        if self.taken is not None:
            return self._slack(self.taken, self.score)
        if self._stakes.miss:
            return MISS_SCALE // WHOLE_PART
        return 2 + score // CUT_PART + int(self._gap * score)

    def _slack(self, taken: Ints, score: int) -> int:
        if self._stakes.miss:
            return floor_allowance(self._columns, taken)
        return value_allowance(self._columns, taken, score, self._gap)

    def _is_near(self) -> bool:
        if self.taken is None:
            return False
        return self._weighed.bound <= self.score + self._slack(self.taken, self.score)


def floor_allowance(columns: Columns, taken: Ints) -> int:
    """What whole units may cost missed shares: `floor_slack`, on columns; nothing where none are."""
    slack = MISS_SCALE // WHOLE_PART
    cut = (taken > 0) & (taken < columns.steps)
    for floor in columns.floors:
        asked = columns.demand[floor.resource]
        inside = cut & (asked >= COARSE_STEPS) & floor.families[columns.family]
        slack += -(-2 * int(inside.sum()) * MISS_SCALE // floor.amount)
    return slack


def possible_in(columns: Columns, hopeless: Mapping[int, Ints]) -> Flags:
    """Everybody but those whose minimum alone exceeds a limit."""
    possible = np.ones(columns.count, bool)
    for members in hopeless.values():
        possible[members] = False
    return possible


def _with_those_who_require(columns: Columns, possible: Flags) -> Flags:
    """Whoever requires one that cannot be funded cannot be either."""
    possible = possible.copy()
    while True:
        lost = ~possible[columns.needs[:, 1]] & possible[columns.needs[:, 0]]
        if not lost.any():
            return possible
        possible[columns.needs[lost, 0]] = False


def _core_members(columns: Columns, sifted: Sifted, possible: Flags, size: int) -> Ints:
    """Those between nothing and all, those nearest to the other side, and all they are linked to."""
    fractions = sifted.fractions
    chosen = (fractions > NOTHING) & (fractions <= WHOLE) & possible
    distance = np.where(possible, np.abs(sifted.reduced), np.inf)
    order = (
        np.lexsort((columns.draw, distance)) if size < columns.count else np.arange(columns.count)
    )
    chosen[order[:size]] = True
    chosen &= possible
    while True:
        before = int(chosen.sum())
        for members in columns.labels:
            if chosen[members].any():
                chosen[members] = True
        touched = chosen[columns.needs].any(axis=1)
        chosen[columns.needs[touched].ravel()] = True
        chosen &= possible
        if int(chosen.sum()) == before:
            return np.flatnonzero(chosen)


def filled(columns: Columns, taken: Ints) -> Ints:
    """Gives what is left to whoever it suffices for, first to those who have a part already."""
    for _ in range(FILL_ROUNDS):
        members = _might_grow(columns, taken)
        whole = taken == columns.steps
        if not members.size:
            break
        core = core_of(columns, members, whole)
        room = Room.of(core.problem, taken[members].tolist())
        order = sorted(range(len(members)), key=core.problem.draw.__getitem__)
        fill(room, order)
        grown = with_taken(columns, core, whole, room.taken)
        if (grown == taken).all():
            break
        taken = grown
    return taken


def _might_grow(columns: Columns, taken: Ints) -> Ints:
    """Those that have a part, and those with nothing whose minimum seems to fit in what is left."""
    whole = taken == columns.steps
    part = (taken > 0) & ~whole
    some = np.flatnonzero(part)
    left = np.array([b.amount for b in columns.limits], object) - np.array(
        used_in_full(columns, whole)[: len(columns.limits)], object
    )
    for k, limit in enumerate(columns.limits):
        asked = columns.demand[limit.resource][some]
        inside = limit.families[columns.family[some]]
        for n, steps, taken_ in zip(
            asked[inside].tolist(),
            columns.steps[some][inside].tolist(),
            taken[some][inside].tolist(),
            strict=True,
        ):
            left[k] -= Fraction(n * taken_, steps)
    fits = (taken == 0) & (columns.worth > 0)
    share = floats(columns.least) / floats(columns.steps)
    for k, limit in enumerate(columns.limits):
        need = floats(columns.demand[limit.resource]) * share * WHOLE
        fits &= (need <= float(left[k])) | ~limit.families[columns.family]
    for members in columns.labels:
        if (taken[members] > 0).any():
            fits[members] = False
    unmet = taken[columns.needs[:, 1]] == 0
    fits[columns.needs[unmet, 0]] = False
    grows = part & (columns.worth > 0)
    return np.flatnonzero(grows | fits | part)
