"""How likely each request is to be funded, given how sure its score is: the round, solved on draws.

Each draw gives every request a score that its opinions allow and settles the round on those. Draws
are counted off, not streamed: a request's draws follow from its id alone, so that neither the order
of rows nor another request changes them. Requests are drawn one by one: what a reviewer did to
several of them at once is in their intervals, but not in their draws together.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from statistics import NormalDist

import highspy
import numpy as np
import numpy.typing as npt

from apportion.core.decide.cut_line import walk_cut_line
from apportion.core.decide.model import Model, merit_model
from apportion.core.decide.problem import Ask, Problem, pose, worth_of
from apportion.core.decide.propose import binary_program
from apportion.core.decide.relaxation import Relaxation, Relaxed, quiet_highs
from apportion.core.decide.room import missed_share
from apportion.core.decide.rounding import whole_steps
from apportion.core.decide.rules.round_shares import share_round
from apportion.core.decide.value_curve import curved_columns
from apportion.core.ids import RequestId
from apportion.core.policy import Objective
from apportion.core.review.calibration import MICRO, Belief

DRAWS = 200
FEWEST_SOLVES, MOST_SOLVES = 24, 400  # relaxations for one draw, before what is found counts
SOLVES_A_REQUEST = 6_000  # over so many requests: small rounds can be searched to the end
MOST_TO_FIND = 240  # in a large round, before a draw counts as unsettled
WHOLE_UP_TO = 150  # requests in a round whose draws are then settled with binaries
MOST_NODES = 200
FINE = 20  # a draw is searched to a gap of so small a part of an average request
ROUGH = 5  # a search that leaves more than this part is not good enough for a small round
NEARLY = 1e-6

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Odds:
    """In how many draws each request was funded.

    Shape: position i is that of `Problem.asks`. Units: gaps in billionths, rounded up.
    """

    funded: tuple[int, ...]
    draws: int  # settled
    unsettled: int  # draws in which no slate was found in the time allowed; they do not count
    worst_gap: int
    median_gap: int
    lines: tuple[int | None, ...]  # millionths of a point; None: funded in every draw, or in none

    def of(self, i: int) -> Fraction:
        """The share of draws in which a request was funded."""
        return Fraction(self.funded[i], max(1, self.draws))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """One draw settled: who is funded, and how much better a slate could be, as a share."""

    funded: Flags
    gap: float


def funding_odds(
    problem: Problem, beliefs: Sequence[Belief], *, missed: Fraction, draws: int = DRAWS
) -> Odds:
    """Settles the round on draws of its scores; a request without a belief keeps its score.

    Floors are missed by no more than the round's own slate misses: that does not hang on scores.
    """
    scores = drawn_scores(problem.asks, beliefs, draws)
    if problem.policy.objective is Objective.CUT_LINE:
        settled: list[_Drawn | None] = [_walk(problem, row) for row in scores]
    elif problem.policy.objective is Objective.EQUAL_SHARES:
        settled = [_buy(problem, row) for row in scores]
    else:
        solver = _Solver(problem, missed)
        settled = [solver.settle(row.astype(np.float64) / MICRO) for row in scores]
    found = [one for one in settled if one is not None]
    counts = np.zeros(len(problem.asks), int)
    for one in found:
        counts += one.funded
    gaps = sorted(one.gap for one in found) or [0.0]
    return Odds(
        funded=tuple(counts.tolist()),
        draws=len(found),
        unsettled=len(settled) - len(found),
        worst_gap=_billionths(gaps[-1]),
        median_gap=_billionths(gaps[len(gaps) // 2]),
        lines=_lines(scores, settled),
    )


def drawn_scores(
    asks: Sequence[Ask], beliefs: Sequence[Belief], draws: int
) -> npt.NDArray[np.int64]:
    """Draws scores around those stated, moved and spread as the opinions say; none below nothing.

    Shape: a row per draw, a column per request. Units: millionths of a point.
    """
    held = {belief.request: belief for belief in beliefs}
    scores = np.empty((draws, len(asks)), np.int64)
    for place, ask in enumerate(asks):
        stated = ask.score.numerator * MICRO // ask.score.denominator
        belief = held.get(ask.id)
        if belief is None:
            scores[:, place] = stated
            continue
        centre = stated + belief.mean - belief.average
        normal = _normals(ask.id, draws)
        scores[:, place] = [max(0, centre + round(belief.sd * z)) for z in normal]
    return scores


def _normals(request: RequestId, draws: int) -> list[float]:
    """Standard normal numbers that follow from the request's id alone, by their place."""
    key = int.from_bytes(hashlib.sha256(f"odds\n{request}".encode()).digest()[:16], "big")
    raw = np.random.Philox(key=key).random_raw(draws)
    inverse = NormalDist().inv_cdf
    return [inverse(((int(n) >> 11) + 0.5) / 2**53) for n in raw.tolist()]


def _walk(problem: Problem, scores: npt.NDArray[np.int64]) -> _Drawn:
    """Walks the cut line down the drawn scores."""
    taken = walk_cut_line(replace(problem, asks=_rescored(problem, scores))).taken
    return _Drawn(funded=np.array(taken) > 0, gap=0.0)


def _buy(problem: Problem, scores: npt.NDArray[np.int64]) -> _Drawn:
    """Lets equal shares buy at the drawn scores; reviewers who vote keep their own."""
    asks = _rescored(problem, scores)
    worth = tuple(worth_of(problem.policy, ask) for ask in asks)
    taken = share_round(replace(problem, asks=asks, worth=worth)).taken
    return _Drawn(funded=np.array(taken) > 0, gap=0.0)


def _rescored(problem: Problem, scores: npt.NDArray[np.int64]) -> tuple[Ask, ...]:
    return tuple(
        replace(ask, score=Fraction(score, MICRO))
        for ask, score in zip(problem.asks, scores.tolist(), strict=True)
    )


class _Solver:
    """One relaxation that is moved from draw to draw, and searched where a draw needs it."""

    def __init__(self, problem: Problem, missed: Fraction) -> None:
        unit = [a if a.value is not None else replace(a, score=Fraction(1)) for a in problem.asks]
        self._count = len(problem.asks)
        self._scored = np.array([ask.value is None for ask in problem.asks])
        model = merit_model(problem, missed=missed)
        self._per_point = np.array(merit_model(pose(problem.policy, unit), missed=missed).gains)
        self._owner = _owners(problem, model)
        self._relaxation = Relaxation(model)
        self._least = np.array(problem.least) / np.array(problem.steps)
        self._labels = tuple(np.array(members) for _, members in problem.labels)
        self._top = np.ones(len(model.gains))
        floors = len(problem.floors)
        self._top[self._count : self._count + floors] = 1.0 if model.may_miss else 0.0
        self._gap = 1 / (FINE * max(1, self._count))
        share = SOLVES_A_REQUEST // max(1, self._count)
        self._solves = min(MOST_SOLVES, max(FEWEST_SOLVES, share))
        self._problem, self._missed = problem, missed
        self._whole = _Whole(problem, model) if self._count <= WHOLE_UP_TO else None

    def settle(self, scores: Floats) -> _Drawn | None:
        """Finds a slate for the drawn scores: by a short search, then whole where the round is small."""
        factor = np.append(np.where(self._scored, scores, 1.0), 0.0)
        gains = self._per_point * factor[self._owner]
        # What is worth nothing would stand in a solution for nothing; only a floor may call for it.
        worthless = np.flatnonzero(gains[: self._count] == 0)
        gains[worthless] = -NEARLY * gains.max(initial=1.0)
        self._relaxation.regain(gains)
        found = self._search(gains)
        rough = self._gap * FINE / ROUGH
        if self._whole is not None and (found is None or found.gap > rough):
            found = self._whole.settle(gains, self._gap) or found
        return found

    def _search(self, gains: Floats) -> _Drawn | None:
        """Goes down from the relaxation, depth first; rounds it where the round is large."""
        best, funded = -np.inf, None
        stack: list[tuple[float, dict[int, float]]] = [(np.inf, {})]
        left = -np.inf
        for place in range(max(self._solves, 0 if self._whole else MOST_TO_FIND)):
            if not stack or (funded is not None and place >= self._solves):
                break
            above, fixed = stack.pop()
            if above <= best + self._gap * abs(best):
                left = max(left, above)
                continue
            relaxed = self._solve(fixed)
            if relaxed.value <= best:
                continue
            branches = self._branches(relaxed, fixed)
            if not branches:
                best, funded = relaxed.value, relaxed.columns[: self._count] > NEARLY
            elif place == 0 and self._whole is None:
                best, funded = self._rounded(relaxed, gains)
            stack += [(relaxed.value, {**fixed, **branch}) for branch in branches]
        if funded is None:
            return None
        most = max([best, left, *(above for above, _ in stack)])
        return _Drawn(funded=funded, gap=(most - best) / most if most > 0 else 0.0)

    def _rounded(self, relaxed: Relaxed, gains: Floats) -> tuple[float, Flags | None]:
        """What the relaxation comes to in whole steps; nothing where that breaks a promise."""
        taken = whole_steps(self._problem, relaxed.columns[: self._count])
        if missed_share(self._problem, taken) > self._missed:
            return -np.inf, None
        part = np.array(taken) / np.array(self._problem.steps)
        return float(gains[: self._count] @ part), part > 0

    def _solve(self, fixed: dict[int, float]) -> Relaxed:
        """Solves the relaxation with some requests out (0) or in, from their minimum up (1)."""
        low, high = np.zeros(len(self._top)), self._top.copy()
        for i, side in fixed.items():
            low[i], high[i] = (self._least[i], 1.0) if side else (0.0, 0.0)
        return self._relaxation.solve(low, high)

    def _branches(self, relaxed: Relaxed, fixed: dict[int, float]) -> list[dict[int, float]]:
        """Two ways on from a slate that is none, the likelier last; nothing where it is one."""
        part = relaxed.columns[: self._count]
        reached = np.where(part > NEARLY, part / self._least, 0.0)
        below = np.flatnonzero((reached > 0) & (part < self._least - NEARLY))
        if below.size:
            i = int(below[np.argmax(reached[below])])
            sides = (0.0, 1.0) if reached[i] >= 0.5 else (1.0, 0.0)
            return [{i: side} for side in sides]
        for members in self._labels:
            funded = members[part[members] > NEARLY]
            if funded.size > 1:
                order = funded[np.argsort(-part[funded], kind="stable")]
                others = dict.fromkeys((int(i) for i in members if i != order[0]), 0.0)
                return [{int(order[0]): 0.0}, {**others, **fixed}]
        return []


class _Whole:
    """HiGHS with explicit binaries, given one draw after the other."""

    def __init__(self, problem: Problem, model: Model) -> None:
        self._count = len(problem.asks)
        self._highs = quiet_highs()
        self._highs.setOptionValue("mip_max_nodes", MOST_NODES)
        program, self._gain = binary_program(problem, model)
        self._highs.passModel(program)

    def settle(self, gains: Floats, gap: float) -> _Drawn | None:
        """Settles one draw to a gap; None where the nodes allowed do not find a slate."""
        places = np.arange(len(gains), dtype=np.int32)
        self._highs.setOptionValue("mip_rel_gap", gap)
        self._highs.changeColsCost(len(gains), places, -gains / self._gain)
        self._highs.run()
        info = self._highs.getInfo()
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None
        part = np.array(self._highs.getSolution().col_value[: self._count])
        return _Drawn(funded=part > NEARLY, gap=min(1.0, max(0.0, info.mip_gap)))


def _owners(problem: Problem, model: Model) -> npt.NDArray[np.intp]:
    """The request whose score scales each column's gain; the last place stands for none."""
    count = len(problem.asks)
    owner = np.full(len(model.gains), count, np.intp)
    owner[:count] = np.arange(count)
    for i, column in curved_columns(problem).items():
        owner[column] = i
    return owner


def _lines(
    scores: npt.NDArray[np.int64], settled: Sequence[_Drawn | None]
) -> tuple[int | None, ...]:
    """Per request, the score that best tells the draws in which it was funded from the others."""
    kept = [place for place, one in enumerate(settled) if one is not None]
    funded = np.array([one.funded for one in settled if one is not None])
    found: list[int | None] = []
    for i in range(scores.shape[1]):
        inside = funded[:, i] if kept else np.zeros(0, bool)
        if inside.all() or not inside.any():
            found.append(None)
            continue
        own = scores[kept, i]
        order = np.argsort(own, kind="stable")
        out = np.concatenate([[0], np.cumsum(~inside[order])])
        # Right about those out below the split and those in above it.
        right = out + inside.sum() - (np.arange(len(own) + 1) - out)
        split = int(np.argmax(right))
        below, above = own[order[max(0, split - 1)]], own[order[min(split, len(own) - 1)]]
        found.append((int(below) + int(above)) // 2)
    return tuple(found)


def _billionths(gap: float) -> int:
    return int(np.ceil(max(0.0, gap) * 10**9 - NEARLY))
