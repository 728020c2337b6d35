"""The nearest ways in that a re-solve has proved: it funds the request, and one tick less does not.

Where the round's optimum is proved, only the slates that fund the request are searched again, for
each setting tried; what lies too near to tell, and every other objective, is settled anew whole.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from apportion.core.decide.decision import Counterfactual, Lever
from apportion.core.decide.forced import Base, Contest, Half, contest, open_contest
from apportion.core.decide.levers import and_all_who_need, at_setting
from apportion.core.decide.overrides import IN_WORKS_WITH
from apportion.core.decide.problem import Problem
from apportion.core.decide.reasons import limit_name, needed_and_left
from apportion.core.decide.room import Room
from apportion.core.policy import Objective
from apportion.core.units import format_quantity

TICKS = 100  # minimum, ask and limit are moved in hundredths
SCORE_TICK = Fraction(1, 100)
VALUE_TICKS = 1000  # a value is raised in thousandths of the highest that is tried
HIGHEST_FACTOR = 4  # scores and values are tried up to so many times the best in the round
ASKS_TRIED = (
    50,
    25,
    10,
    1,
)  # hundredths of an ask, the first that gets in is where it is looked for

LEAPING = frozenset({Lever.SCORE, Lever.VALUE})

Solve = Callable[[Problem], Sequence[int]]
Setting = Callable[[int], Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A denied request of a decided round, and the means to find out about it."""

    room: Room
    i: int
    base: Base | None  # None: nothing is proved about slates without it, so all is solved anew
    solve: Solve

    @property
    def problem(self) -> Problem:
        """The round as it was decided."""
        return self.room.problem

    def settles(self, lever: Lever, setting: Mapping[str, Any]) -> bool:
        """Settles the changed round whole and says whether it funds the request."""
        changed, place = at_setting(self.problem, self.i, lever, setting)
        return self.solve(changed)[place] > 0

    def gets_in(self, lever: Lever, setting: Mapping[str, Any]) -> tuple[bool, Half | None]:
        """Says whether the changed round funds the request, with the slate that does if one was found."""
        if self.base is None:
            return self.settles(lever, setting), None
        changed, place = at_setting(self.problem, self.i, lever, setting)
        if lever is Lever.LIMIT:
            verdict, half = open_contest(self.base, changed, place), None
        else:
            verdict, half = contest(self.base, changed, place)
        if verdict is Contest.UNCLEAR:
            return self.settles(lever, setting), None
        return verdict is Contest.IN, half if verdict is Contest.IN else None


def verified_ways(asked: Asked) -> tuple[Counterfactual, ...]:
    """Ways in found by solving again, the applicant's own levers first."""
    found = [way for finder in FINDERS if (way := finder(asked))]
    return (*found, *_without_the_other(asked), *_with_what_it_requires(asked))


def full_ask_ways(asked: Asked) -> tuple[Counterfactual, ...]:
    """What would have given the full ask to a request that was cut: more of the one limit that cut it."""
    problem, i = asked.problem, asked.i
    short = _short_limits(asked)
    if len(short) != 1:
        return ()
    limit, whole = problem.limits[short[0]], problem.steps[i]
    missing = Fraction((whole - asked.room.taken[i]) * problem.asks[i].ask[limit.resource], whole)
    lack = math.ceil(missing - asked.room.left[short[0]])

    def setting(tick: int) -> Mapping[str, Any]:
        """The limit with so many hundredths of what is missing added."""
        to = limit.bound + -(-lack * tick // TICKS)
        return {"limit": list(limit.about), "to": to, "aim": "full"}

    def gets_all(tick: int) -> bool:
        changed, place = at_setting(problem, i, Lever.LIMIT, setting(tick))
        return asked.solve(changed)[place] == whole

    low, high = 0, TICKS
    if not gets_all(high):
        return ()
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if gets_all(middle) else (middle, high)
    found = setting(high)
    return (_more_of(asked, short[0], found, setting(low)["to"], "Would have had its full ask"),)


def lower_minimum(asked: Asked) -> Counterfactual | None:
    """The highest minimum below the stated one that gets in."""
    problem, i = asked.problem, asked.i
    ask, steps = problem.asks[i], problem.steps[i]
    if problem.least[i] == 1:
        return None

    def setting(tick: int) -> Mapping[str, Any]:
        """The minimum at so many ticks of the ask, at least one base unit."""
        stated = ask.minimum
        return {"to": {r: min(stated.get(r, 0), _part(n, tick)) for r, n in ask.ask.items()}}

    def slate_reaches(half: Half) -> int:
        return (half.taken or (0,) * len(problem.asks))[i] * TICKS // steps

    top = -(-problem.least[i] * TICKS // steps)  # the first tick that is no lower than the minimum
    tick = _nearest(asked, Lever.MINIMUM, setting, (top, 1), slate_reaches)
    if tick is None:
        return None
    to = setting(tick)["to"]
    before = dict(ask.minimum) if tick + 1 == top else setting(tick + 1)["to"]
    return _exact(
        Lever.MINIMUM,
        {"to": to, "tick_less": before},
        f"Would have been funded with a minimum of {_amounts(problem, to)}",
    )


def higher_worth(asked: Asked) -> Counterfactual | None:
    """The lowest score, or value where one is stated, that gets in."""
    problem, i = asked.problem, asked.i
    ask = problem.asks[i]
    by_score = ask.value is None or problem.policy.objective is Objective.CUT_LINE
    lever = Lever.SCORE if by_score else Lever.VALUE
    worths = [a.score if by_score else a.value or Fraction(0) for a in problem.asks]
    now, highest = worths[i], HIGHEST_FACTOR * max(*worths, Fraction(1))
    tick_size = SCORE_TICK if by_score else _value_tick(highest)
    first = now // tick_size  # settings are whole ticks above this, so that people can say them

    def setting(tick: int) -> Mapping[str, Any]:
        """The score or value at the so manieth whole tick above what it is."""
        return {"to": str((first + tick) * tick_size if tick else now)}

    def slate_reaches(half: Half) -> int:
        """The lowest tick at which the slate found beats every slate without the request."""
        return _lowest_tick(asked, half, lambda t: at_setting(problem, i, lever, setting(t))[0])

    end = int(highest / tick_size) - int(first) + 1
    tick = _nearest(asked, lever, setting, (0, end), slate_reaches)
    if tick is None:
        return None
    to = Fraction(setting(tick)["to"])
    above = ", more than any in this round has" if to > max(worths) else ""
    return _exact(
        lever,
        {"to": str(to), "tick_less": setting(tick - 1)["to"]},
        f"Would have been funded at a {lever.value} of {_decimal(to)}{above}",
    )


def smaller_ask(asked: Asked) -> Counterfactual | None:
    """The same project with less of the resource that stands in the way, minimum and ask alike."""
    problem, i = asked.problem, asked.i
    ask, short = problem.asks[i], _short_limits(asked)
    if not short or problem.policy.objective is Objective.CUT_LINE:
        return None
    resource = problem.limits[short[0]].resource

    def setting(tick: int) -> Mapping[str, Any]:
        """Ask and minimum of the resource at so many hundredths of what they are."""
        parts = {
            name: {r: _part(n, tick) if r == resource and n else n for r, n in amounts.items()}
            for name, amounts in (("ask", ask.ask), ("minimum", ask.minimum))
        }
        return {"to": parts}

    for end in ASKS_TRIED:
        tick = _nearest(asked, Lever.ASK, setting, (TICKS, end), None)
        if tick is not None:
            break
    else:
        return None
    to = setting(tick)["to"]
    asks, least = (_amount(problem, resource, to[part][resource]) for part in ("ask", "minimum"))
    return _exact(
        Lever.ASK,
        {"to": to, "tick_less": setting(tick + 1)["to"]},
        f"Would have been funded had it asked for {asks} of {resource}, at least {least}",
    )


def larger_limit(asked: Asked) -> Counterfactual | None:
    """More of the one limit that has too little left; None where several have."""
    problem, i, short = asked.problem, asked.i, _short_limits(asked)
    if len(short) != 1:
        return None
    limit = problem.limits[short[0]]
    needed, left = needed_and_left(asked.room, i, short[0])
    lack = needed - left

    def setting(tick: int) -> Mapping[str, Any]:
        """The limit with so many hundredths of what is lacking added."""
        return {"limit": list(limit.about), "to": limit.bound + -(-lack * tick // TICKS)}

    tick = _nearest(asked, Lever.LIMIT, setting, (0, TICKS), None)
    if tick is None:
        return None
    before = setting(tick - 1)["to"]
    return _more_of(asked, short[0], setting(tick), before, "Would have been funded")


def _more_of(
    asked: Asked, place: int, setting: Mapping[str, Any], before: int, would: str
) -> Counterfactual:
    """A larger limit as a way in."""
    problem = asked.problem
    limit = problem.limits[place]
    more = setting["to"] - limit.bound
    change = {"tick_less": before, "raise_by": more, "request": problem.asks[asked.i].id}
    amount = _amount(problem, limit.resource, more)
    return _exact(
        Lever.LIMIT, {**setting, **change}, f"{would} with {amount} more in {limit_name(limit)}"
    )


# The applicant's own levers first, then the board's.
FINDERS = (lower_minimum, higher_worth, smaller_ask, larger_limit)


def _without_the_other(asked: Asked) -> Iterator[Counterfactual]:
    """Each request of the same label that won, gone with those who need it."""
    problem, i = asked.problem, asked.i
    place = problem.label_of[i]
    for j in problem.labels[place][1] if place is not None else ():
        if j == i or not asked.room.taken[j]:
            continue
        gone = and_all_who_need(problem, j)
        if problem.asks[i].id in gone or not asked.settles(Lever.EITHER_OR, {"without": gone}):
            continue
        yield _exact(
            Lever.EITHER_OR,
            {"without": list(gone), "funded": problem.asks[j].id},
            f"Would have been funded without {' and '.join(gone)}, its alternative",
        )


def _with_what_it_requires(asked: Asked) -> Iterator[Counterfactual]:
    """What it requires and is not funded, funded first."""
    problem, i = asked.problem, asked.i
    unmet = [problem.asks[j].id for j in problem.needs[i] if not asked.room.taken[j]]
    if not unmet or problem.policy.objective not in IN_WORKS_WITH:
        return
    if asked.settles(Lever.PREREQUISITE, {"with": unmet}):
        yield _exact(
            Lever.PREREQUISITE,
            {"with": unmet, "requires": unmet[0]},
            f"Would have been funded had {' and '.join(unmet)} been, which it requires",
        )


def _nearest(
    asked: Asked,
    lever: Lever,
    setting: Setting,
    ends: tuple[int, int],
    reaches: Callable[[Half], int] | None,
) -> int | None:
    """The tick that gets in while its neighbour towards the first end, known not to, does not.

    None where the second end does not get in either. A slate that was found on the way may reach
    nearer than the tick that it was found at.
    """
    out, inside = ends
    if out == inside:
        return None
    funded, half = asked.gets_in(lever, setting(inside))
    if not funded:
        return None
    towards = 1 if out > inside else -1
    while True:
        if half and reaches:
            tick = reaches(half)
            inside = (
                min(max(inside, tick), out - 1) if towards > 0 else max(min(inside, tick), out + 1)
            )
        if abs(inside - out) == 1:
            return inside
        # The slate found at a score is nearly the one at the threshold: mostly nothing lies nearer.
        middle = inside + towards if half and lever in LEAPING else (inside + out) // 2
        funded, half = asked.gets_in(lever, setting(middle))
        if funded:
            inside = middle
        else:
            out = middle


def _lowest_tick(asked: Asked, half: Half, at: Callable[[int], Problem]) -> int:
    """The lowest tick at which a slate is worth more than all without the request, by the margin."""
    base, i = asked.base, asked.i
    if base is None or half.taken is None:
        return 10**9
    taken = half.taken
    rest = sum(base.problem.points(k, n) for k, n in enumerate(taken) if k != i)
    low, high = 0, 1
    while rest + at(high).points(i, taken[i]) <= base.bound + base.margin:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if rest + at(middle).points(i, taken[i]) > base.bound + base.margin:
            high = middle
        else:
            low = middle
    return high


def _short_limits(asked: Asked) -> list[int]:
    """The limits that have less left than the minimum takes, the furthest from enough first."""
    lacks = {}
    for place in asked.problem.limits_of[asked.i]:
        needed, left = needed_and_left(asked.room, asked.i, place)
        if needed > left:
            lacks[place] = Fraction(needed - left, needed)
    return sorted(lacks, key=lambda place: (-lacks[place], place))


def _exact(lever: Lever, change: Mapping[str, Any], text: str) -> Counterfactual:
    return Counterfactual(lever=lever, change=change, kind="exact", verified=True, text=text)


def _part(amount: int, tick: int) -> int:
    return min(amount, max(1, amount * tick // TICKS)) if amount else 0


def _value_tick(highest: Fraction) -> Fraction:
    """A thousandth of the highest value, in whole micropoints so that each tick counts."""
    micropoints = int(highest * 10**6) // VALUE_TICKS
    return Fraction(max(1, micropoints), 10**6)


def _amounts(problem: Problem, amounts: Mapping[Any, int]) -> str:
    return ", ".join(f"{_amount(problem, r, n)} of {r}" for r, n in amounts.items() if n)


def _amount(problem: Problem, resource: Any, base_units: int) -> str:
    unit = problem.policy.resources[resource].unit
    return f"{format_quantity(base_units, unit)} {unit}s"


def _decimal(value: Fraction) -> str:
    return f"{float(value):.6g}"
