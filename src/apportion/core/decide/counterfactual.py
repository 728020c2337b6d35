"""The nearest ways in that a re-solve has proved: it funds the request, and one tick less does not."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from apportion.core.decide.decision import Counterfactual, Lever
from apportion.core.decide.problem import Ask, Problem, pose
from apportion.core.units import format_quantity

TICKS = 100  # a minimum is lowered in hundredths of the ask
SCORE_TICK = Fraction(1, 100)
VALUE_TICKS = 1000  # a value is raised in thousandths of the highest that is tried
HIGHEST_FACTOR = 4  # scores and values are tried up to so many times the best in the round

IsFunded = Callable[[Problem, int], bool]
Setting = str | dict[str, int]


def verified_ways(problem: Problem, i: int, *, is_funded: IsFunded) -> tuple[Counterfactual, ...]:
    """Ways in found by solving again, each request's own levers only."""
    found = (_lower_minimum(problem, i, is_funded), _higher_worth(problem, i, is_funded))
    return tuple(way for way in found if way)


def with_setting(problem: Problem, i: int, lever: Lever, setting: Setting) -> Problem:
    """The round with one lever of one request at another setting, as files write it."""
    return pose(
        problem.policy,
        (
            _moved(ask, lever, setting) if place == i else ask
            for place, ask in enumerate(problem.asks)
        ),
    )


def _moved(ask: Ask, lever: Lever, setting: Setting) -> Ask:
    if isinstance(setting, dict):
        return replace(ask, minimum={r: setting[r] for r in ask.ask})
    worth = Fraction(setting)
    return replace(ask, value=worth) if lever is Lever.VALUE else replace(ask, score=worth)


def _lower_minimum(problem: Problem, i: int, is_funded: IsFunded) -> Counterfactual | None:
    ask, steps = problem.asks[i], problem.steps[i]

    def setting(tick: int) -> Setting:
        """The minimum at so many ticks of the ask, or one base unit at the lowest."""
        return {
            r: min(asked, max(1, asked * tick // TICKS)) if asked else 0
            for r, asked in ask.ask.items()
        }

    top = -(-problem.least[i] * TICKS // steps)  # the first tick that is no lower than the minimum
    if problem.least[i] == 1:
        return None
    tick = _nearest(
        top, 0, lambda t: is_funded(with_setting(problem, i, Lever.MINIMUM, setting(t)), i)
    )
    if tick is None:
        return None
    before = dict(ask.minimum) if tick + 1 == top else setting(tick + 1)
    text = ", ".join(
        f"{format_quantity(n, problem.policy.resources[r].unit)} of {r}"
        for r, n in problem.amounts(i, steps * tick // TICKS).items()
        if n
    )
    return Counterfactual(
        lever=Lever.MINIMUM,
        change={"to": setting(tick), "tick_less": before},
        kind="exact",
        verified=True,
        text=f"Would have been funded if its minimum had been {text or 'one base unit'}",
    )


def _higher_worth(problem: Problem, i: int, is_funded: IsFunded) -> Counterfactual | None:
    ask = problem.asks[i]
    lever = (
        Lever.SCORE if ask.value is None or problem.policy.objective == "cut-line" else Lever.VALUE
    )
    now = ask.score if lever is Lever.SCORE else ask.value or Fraction(0)
    others = (a.score if lever is Lever.SCORE else a.value or Fraction(0) for a in problem.asks)
    highest = HIGHEST_FACTOR * max(*others, Fraction(1))
    tick_size = SCORE_TICK if lever is Lever.SCORE else _value_tick(highest)

    def setting(tick: int) -> str:
        """The score or value at so many ticks above what it is."""
        return str(now + tick * tick_size)

    tick = _nearest(
        0,
        int((highest - now) / tick_size) + 1,
        lambda t: is_funded(with_setting(problem, i, lever, setting(t)), i),
    )
    if tick is None:
        return None
    return Counterfactual(
        lever=lever,
        change={"to": setting(tick), "tick_less": setting(tick - 1)},
        kind="exact",
        verified=True,
        text=f"Would have been funded if its {lever.value} had been {float(Fraction(setting(tick))):g}",
    )


def _value_tick(highest: Fraction) -> Fraction:
    """A thousandth of the highest value, in whole micropoints so that each tick counts."""
    micropoints = int(highest * 10**6) // VALUE_TICKS
    return Fraction(max(1, micropoints), 10**6)


def _nearest(out: int, end: int, gets_in: Callable[[int], bool]) -> int | None:
    """The setting that gets in while its neighbour towards `out` does not; `out` is known not to.

    None where the `end` of the lever does not get in either.
    """
    if out == end or not gets_in(end):
        return None
    inside = end
    while abs(inside - out) > 1:
        middle = (inside + out) // 2
        if gets_in(middle):
            inside = middle
        else:
            out = middle
    return inside
