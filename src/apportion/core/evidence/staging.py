"""A staged grant on its way: which runs each part pays, and what a look at them decides."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from apportion.core.evidence.checks import check_claim, check_registration, check_runs
from apportion.core.evidence.claim import Claim, Registration, Run
from apportion.core.evidence.conclude import Look, conclude
from apportion.core.evidence.looks import even_looks, look_at, obrien_fleming
from apportion.core.evidence.problems import NotEstimable
from apportion.core.evidence.stages import MOST_TRANCHES

LEAST_AT_A_LOOK = 2


def judge_look(
    claim: Claim,
    runs: Sequence[Run],
    *,
    registered: Registration,
    plan: tuple[int, ...],
    look: int,
) -> Look:
    """Judges a claim at one look of its plan, on the planned seeds and no others.

    The pilot's runs planned the experiment and do not judge it.

    Shape: plan holds runs of each arm at every look, rising; look counts from 0.

    Raises: NotEstimable, with every problem.
    """
    seeds = award_seeds(registered, plan[look])
    judged = [run for run in runs if run.arm in claim.arms and run.seed in set(seeds)]
    due = Registration(metric=registered.metric, effect=registered.effect, seeds=seeds)
    found = [*check_claim(claim), *check_runs(claim, judged)]
    found += check_registration(claim, judged, due)
    if found:
        raise NotEstimable(tuple(found))
    return conclude(claim, judged, looks=plan, look=look)


def award_seeds(registered: Registration, runs: int) -> tuple[int, ...]:
    """Lists the seeds with which an award's runs begin: those that follow the pilot's."""
    first = max(registered.seeds, default=-1) + 1
    return tuple(range(first, first + runs))


def plan_looks(claim: Claim, runs: int) -> tuple[int, ...]:
    """Plans after how many runs of each arm one looks; nothing where they are too few to judge."""
    looks = min(claim.looks, MOST_TRANCHES, runs - 1)
    if looks < 1:
        return ()
    return look_at(obrien_fleming(even_looks(looks), claim.tail), runs)


def use_of_one(claim: Claim, runs: Sequence[Run]) -> dict[str, int]:
    """Sums what one run of each arm used on average, rounded up. Units: base units a resource."""
    means: dict[str, Fraction] = {}
    for arm in claim.arms or sorted({run.arm for run in runs}):
        of_arm = [run.used or {} for run in runs if run.arm == arm]
        for code in sorted({code for used in of_arm for code in used}):
            total = sum(used.get(code, 0) for used in of_arm)
            means[code] = means.get(code, Fraction(0)) + Fraction(total, len(of_arm))
    return {code: -(-mean.numerator // mean.denominator) for code, mean in means.items()}


def runs_paid(amounts: Mapping[str, int], one: Mapping[str, int]) -> int:
    """Counts the runs of every arm that amounts pay for; resources not awarded do not count.

    Units: base units.
    """
    counts = [amounts[code] // each for code, each in one.items() if each and code in amounts]
    return min(counts, default=0)
