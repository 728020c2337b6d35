"""The tie zone: requests whose scores are too close to the line to tell, and how they are settled."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction

from apportion.core.decide.funding import Odds, funding_odds
from apportion.core.decide.lottery import can_be_drawn, draw_lots
from apportion.core.decide.phases import Settled
from apportion.core.decide.reasons import Outcomes
from apportion.core.ids import RequestId
from apportion.core.policy import Objective, Policy, TieBy, TieRule
from apportion.core.review.calibration import MICRO, Belief, Calibration

DRAWN_FOR = (Objective.MERIT, Objective.CUT_LINE)


class Settlement(StrEnum):
    """How the tie zone of a slate was settled."""

    NONE = "none"  # nobody is in it
    ENGINE = (
        "engine"  # as the engine proposes: the policy names nobody, or nobody promised the seed
    )
    PEOPLE = "people"  # as the engine proposes, and whoever adopts it says why
    SEALED = "sealed"  # as the engine proposes, until the seed is revealed
    DRAWN = "drawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """How sure one request's outcome is. Units: millionths of a point."""

    request: RequestId
    funded: int  # of the draws
    mean: int
    low: int
    high: int
    line: int | None  # the score that tells draws that fund it from others; None: no draw, or all
    in_zone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """One request that the seed decided. Units: steps, as in `Problem`."""

    request: RequestId
    before: int
    after: int
    steps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ties:
    """The odds of a round and what became of its tie zone.

    Shape: chances in the order of requests, lots in the order drawn.
    """

    rule: TieRule
    why_not: str = ""  # why there are no odds
    odds: Odds | None = None
    chances: tuple[Chance, ...] = ()
    settlement: Settlement = Settlement.NONE
    lots: tuple[Lot, ...] = ()
    kept: Mapping[RequestId, str] = field(default_factory=dict)  # in the zone, not drawn: why
    moved: tuple[Lot, ...] = ()  # outside the zone, given what the draw left over

    drawn: tuple[int, ...] = ()  # the lots as positions in `Problem.asks`

    @property
    def is_drawn(self) -> bool:
        """Says whether the seed decided anything."""
        return self.settlement is Settlement.DRAWN


def settle_zone(
    outcomes: Outcomes, settled: Settled, calibration: Calibration
) -> tuple[tuple[int, ...], Ties]:
    """Finds the tie zone of a slate and has it settled as the policy says; gives the awards."""
    problem, rule = outcomes.room.problem, outcomes.room.problem.policy.ties
    why_not = calibration.why_not
    if outcomes.objective not in DRAWN_FOR:
        why_not = f"odds are drawn for {' and '.join(DRAWN_FOR)} only"
    if why_not:
        return settled.taken, Ties(rule=rule, why_not=why_not)
    odds = funding_odds(problem, calibration.beliefs, missed=settled.missed, draws=rule.draws)
    chances = _chances(outcomes, calibration, odds)
    zone = [i for i, chance in enumerate(chances) if chance.in_zone]
    found = Ties(rule=rule, odds=odds, chances=chances)
    if not zone:
        return settled.taken, found
    settlement = _settlement(problem.policy)
    if settlement is not Settlement.DRAWN:
        return settled.taken, replace(found, settlement=settlement)
    return _draw(outcomes, settled, found, zone)


def _settlement(policy: Policy) -> Settlement:
    """Who settles a tie zone that is not empty."""
    if policy.ties.by is TieBy.PEOPLE:
        return Settlement.PEOPLE
    promised = policy.tie_commitment is not None or policy.ties.allow_uncommitted
    if policy.ties.by is None or not promised:
        return Settlement.ENGINE
    return Settlement.SEALED if policy.is_sealed else Settlement.DRAWN


def _draw(
    outcomes: Outcomes, settled: Settled, found: Ties, zone: list[int]
) -> tuple[tuple[int, ...], Ties]:
    problem, before = outcomes.room.problem, settled.taken
    free = [i for i in zone if can_be_drawn(problem, i)]
    drawn = draw_lots(problem, before, free)
    why = dict.fromkeys(
        (i for i in zone if i not in set(free)),
        "it requires another request, or another requires it",
    )
    why |= dict.fromkeys(drawn.kept, "its area's floor would be missed by more")

    def lot(i: int) -> Lot:
        name, steps = problem.asks[i].id, problem.steps[i]
        return Lot(request=name, before=before[i], after=drawn.taken[i], steps=steps)

    lots = set(drawn.lots)
    moved = [i for i, n in enumerate(drawn.taken) if n != before[i] and i not in lots]
    return drawn.taken, replace(
        found,
        settlement=Settlement.DRAWN,
        lots=tuple(lot(i) for i in drawn.lots),
        kept={problem.asks[i].id: why[i] for i in sorted(why)},
        moved=tuple(lot(i) for i in moved),
        drawn=drawn.lots,
    )


def _chances(outcomes: Outcomes, calibration: Calibration, odds: Odds) -> tuple[Chance, ...]:
    problem, rule = outcomes.room.problem, outcomes.room.problem.policy.ties
    beliefs = {belief.request: belief for belief in calibration.beliefs}
    found = []
    for i, ask in enumerate(problem.asks):
        stated = _micro(ask.score)
        low, mean, high = _interval(beliefs.get(ask.id), stated)
        line = odds.lines[i]
        reached = line is None or low <= line <= high
        found.append(
            Chance(
                request=ask.id,
                funded=odds.funded[i],
                mean=mean,
                low=low,
                high=high,
                line=line,
                in_zone=reached and rule.low < odds.of(i) < rule.high,
            )
        )
    return tuple(found)


def _interval(belief: Belief | None, stated: int) -> tuple[int, int, int]:
    """The interval of a score, around what the round states and the opinions move it to."""
    if belief is None:
        return stated, stated, stated
    moved = stated - belief.average
    return max(0, belief.low + moved), max(0, belief.mean + moved), belief.high + moved


def _micro(score: Fraction) -> int:
    return score.numerator * MICRO // score.denominator
