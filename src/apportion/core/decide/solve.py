"""Decides a round: pose, settle by the objective, then say why, floor by floor, request by request.

Pure: the same policy and requests give the same decision whatever their order.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from apportion.core.decide.carry import owed_after
from apportion.core.decide.cut_line import ranking, walk_cut_line
from apportion.core.decide.decision import Award, Decision, Outcome
from apportion.core.decide.floors import floors_met
from apportion.core.decide.leximin import settle_leximin
from apportion.core.decide.merit import SEARCHED_UP_TO, settle_merit
from apportion.core.decide.nash import Balance
from apportion.core.decide.nash_large import settle_nash_large
from apportion.core.decide.phases import Phase, Settled, settle_one
from apportion.core.decide.problem import Ask, Problem, pose
from apportion.core.decide.reasons import Outcomes, reasons_for
from apportion.core.decide.room import Room, missed_share, total_points
from apportion.core.decide.rules.round_shares import share_round
from apportion.core.decide.ways import Guide, WaysIn
from apportion.core.decide.zone import settle_zone
from apportion.core.policy import Objective, Policy
from apportion.core.review.calibration import Calibration

MAIN_PHASES = (
    "value",
    "welfare",
    "share-1",
    "walk",
    "shares",
)  # whose value and bound are the decision's
BOUND_CLASSES = ("integer-certificate", "solver")  # surer ones first


def decide(
    *,
    policy: Policy,
    asks: Iterable[Ask],
    ways_in: WaysIn = WaysIn.AUTO,
    calibration: Calibration | None = None,
) -> Decision:
    """Decides a round on its policy and requests, and on how sure their scores are where that is known.

    Refuses: nothing; the policy's objective must be one that is built.
    """
    problem = pose(policy, asks)
    outcomes, settled = settle(problem)
    main = next(phase for phase in settled.phases if phase.name in MAIN_PHASES)
    value, bound, ties = main.value, main.bound, None
    if calibration is not None:
        taken, ties = settle_zone(outcomes, settled, calibration)
        if ties.is_drawn:
            outcomes = replace(outcomes, room=Room.of(problem, taken), lots=ties.drawn)
            ways_in = WaysIn.ESTIMATE  # what a change would do to the odds is not solved again
            value = total_points(problem, taken)
            bound = value if outcomes.objective is Objective.CUT_LINE else main.bound
    guide = Guide(outcomes, settled, ways_in, solve=settled_steps)
    awards = tuple(_award(outcomes, i, guide) for i in range(len(problem.asks)))
    return Decision(
        policy=policy,
        asks=problem.asks,
        objective=policy.objective,
        awards=awards,
        floors=floors_met(outcomes.room),
        carried=owed_after(outcomes.room),
        value=value,
        bound=bound,
        tolerance=main.slack,
        bound_class=_bound_class(settled.phases),
        missed=settled.missed,
        phases=settled.phases,
        beliefs=calibration.beliefs if calibration else (),
        ties=ties,
    )


def _bound_class(phases: Iterable[Phase]) -> str:
    """How sure the bounds are: as sure as the least sure of them."""
    held = {phase.bound_class for phase in phases if phase.proof}
    return max(held, key=BOUND_CLASSES.index) if held else "walk"


def settle(problem: Problem) -> tuple[Outcomes, Settled]:
    """Finds the slate by the policy's objective, with what its reasons are read from."""
    return SETTLES[problem.policy.objective](problem)


def _by_merit(problem: Problem) -> tuple[Outcomes, Settled]:
    return _explained(problem, settle_merit(problem))


def _by_nash(problem: Problem) -> tuple[Outcomes, Settled]:
    if len(problem.asks) > SEARCHED_UP_TO and not problem.curve:
        return _explained(problem, settle_nash_large(problem))
    return _explained(problem, settle_one(problem, Balance(problem)))


def _by_leximin(problem: Problem) -> tuple[Outcomes, Settled]:
    return _explained(problem, settle_leximin(problem))


def _by_cut_line(problem: Problem) -> tuple[Outcomes, Settled]:
    walked = walk_cut_line(problem)
    value = total_points(problem, walked.taken)
    walk = Phase(name="walk", value=value, bound=value, slack=0, solves=0, proof=None)
    settled = Settled(
        taken=walked.taken,
        missed=missed_share(problem, walked.taken),
        phases=(walk,),
        prices=(),
    )
    outcomes = Outcomes(
        room=Room.of(problem, walked.taken),
        objective=problem.policy.objective,
        ranking=tuple(ranking(problem)),
        stopped_at=walked.stopped_at,
    )
    return outcomes, settled


def _by_equal_shares(problem: Problem) -> tuple[Outcomes, Settled]:
    shared = share_round(problem)
    value = total_points(problem, shared.taken)
    buying = Phase(name="shares", value=value, bound=value, slack=0, solves=0, proof=None)
    settled = Settled(
        taken=shared.taken,
        missed=missed_share(problem, shared.taken),
        phases=(buying,),
        prices=(),
    )
    outcomes = Outcomes(
        room=Room.of(problem, shared.taken),
        objective=problem.policy.objective,
        shared=None if problem.policy.equal_shares.complete else shared,
    )
    return outcomes, settled


def _explained(problem: Problem, settled: Settled) -> tuple[Outcomes, Settled]:
    room = Room.of(problem, settled.taken)
    objective = problem.policy.objective
    return Outcomes(room=room, objective=objective, prices=settled.prices), settled


SETTLES: Mapping[Objective, Callable[[Problem], tuple[Outcomes, Settled]]] = {
    Objective.MERIT: _by_merit,
    Objective.CUT_LINE: _by_cut_line,
    Objective.NASH: _by_nash,
    Objective.LEXIMIN: _by_leximin,
    Objective.EQUAL_SHARES: _by_equal_shares,
}


def _award(outcomes: Outcomes, i: int, guide: Guide) -> Award:
    problem, taken = outcomes.room.problem, outcomes.room.taken[i]
    reasons = reasons_for(outcomes, i)
    return Award(
        request=problem.asks[i].id,
        outcome=_outcome(problem, i, taken),
        taken=taken,
        steps=problem.steps[i],
        amounts=problem.amounts(i, taken),
        points=problem.points(i, taken),
        reasons=reasons,
        counterfactuals=guide.ways_for(i, reasons),
    )


def _outcome(problem: Problem, i: int, taken: int) -> Outcome:
    if taken == problem.steps[i]:
        return Outcome.FULL
    if taken == 0:
        return Outcome.NOT_YET
    return Outcome.MINIMUM if taken == problem.least[i] else Outcome.PARTIAL


def settled_steps(problem: Problem) -> tuple[int, ...]:
    """Settles a changed round and says what each request takes."""
    return settle(problem)[1].taken
