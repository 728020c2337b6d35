"""The plain cut line: down the ranking by score, each gets what still fits or nothing."""

from dataclasses import dataclass
from fractions import Fraction

from apportion.core.decide.problem import Problem
from apportion.core.decide.room import Room


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """The slate of a walk, and where it stopped. Units: steps, as in `Problem`."""

    taken: tuple[int, ...]
    stopped_at: int | None  # the first that did not fit, where the policy stops there


def walk_cut_line(problem: Problem) -> Walked:
    """Goes down from the highest score, ties in the order drawn; floors do not bend the ranking.

    A request is granted its ask where that fits, else as much as fits from its minimum up. One
    that requires others which come later in the ranking is looked at when it comes, not again.
    """
    room = Room(problem)
    for i in ranking(problem):
        if problem.asks[i].score < problem.policy.cut_line.threshold:
            break
        granted = room.raise_to(i, problem.steps[i])
        if not granted and room.linked(i) and not problem.policy.cut_line.skip_unfit:
            return Walked(taken=tuple(room.taken), stopped_at=i)
    return Walked(taken=tuple(room.taken), stopped_at=None)


def ranking(problem: Problem) -> list[int]:
    """Everyone from the highest score down, ties in the order drawn."""
    return sorted(
        range(len(problem.asks)),
        key=lambda i: (-Fraction(problem.asks[i].score), problem.draw[i]),
    )
