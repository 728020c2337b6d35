"""A round with one lever at another setting, as a decision file writes it and anybody may repeat it."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any, TypeVar

from apportion.core.decide.decision import Lever
from apportion.core.decide.overrides import Moved, Override, with_overrides
from apportion.core.decide.problem import Ask, Problem, least_steps, pose, start_of, worth_of
from apportion.core.ids import RequestId

OWN = frozenset({Lever.MINIMUM, Lever.SCORE, Lever.VALUE, Lever.ASK})  # what the applicant states
LOOKED_UP = frozenset({"limits_of", "floors_of", "label_of", "needed_by"})  # by links and areas
Setting = Mapping[str, Any]
T = TypeVar("T")


def at_setting(problem: Problem, i: int, lever: Lever, setting: Setting) -> tuple[Problem, int]:
    """The round with a lever of a request moved, and the request's place in it."""
    if lever in OWN:
        return with_ask(problem, i, _moved(problem.asks[i], lever, setting["to"])), i
    if lever is Lever.LIMIT:
        kind, owner, resource = setting["limit"]
        return with_limit(problem, (kind, owner, resource), setting["to"]), i
    if lever is Lever.PREREQUISITE:
        put_in = [Override(moved=Moved.IN, owner=name, why="asked") for name in setting["with"]]
        changed = pose(*with_overrides(problem.policy, problem.asks, put_in))
        return changed, i
    gone = frozenset(setting["without"])
    changed = pose(problem.policy, (ask for ask in problem.asks if ask.id not in gone))
    return changed, next(k for k, a in enumerate(changed.asks) if a.id == problem.asks[i].id)


def with_ask(problem: Problem, i: int, ask: Ask) -> Problem:
    """The round with one request stating something else; what that leaves alone is not counted anew."""
    before = problem.asks[i]
    if _uses(before) != _uses(ask):
        asks = (ask if place == i else other for place, other in enumerate(problem.asks))
        return pose(problem.policy, asks)
    worth, steps, least = worth_of(problem.policy, ask), max(ask.ask.values()), least_steps(ask)
    curve = {k: start for k, start in problem.curve.items() if k != i}
    start = start_of(problem.policy, ask, worth)
    if start is not None and start > worth * least // steps:
        curve[i] = start
    changed = replace(
        problem,
        asks=_put(problem.asks, i, ask),
        worth=_put(problem.worth, i, worth),
        curve=curve,
        steps=_put(problem.steps, i, steps),
        least=_put(problem.least, i, least),
    )
    for name in LOOKED_UP & problem.__dict__.keys():
        changed.__dict__[name] = problem.__dict__[name]
    return changed


def with_limit(problem: Problem, about: tuple[str, str, str], bound: int) -> Problem:
    """The round with one hard limit at another bound."""
    limits = tuple(
        replace(limit, bound=bound) if limit.about == about else limit for limit in problem.limits
    )
    return replace(problem, limits=limits)


def and_all_who_need(problem: Problem, i: int) -> tuple[RequestId, ...]:
    """A request with everybody who requires it, directly or not."""
    found, waiting = {i}, [i]
    while waiting:
        more = set(problem.needed_by[waiting.pop()]) - found
        found |= more
        waiting += more
    return tuple(problem.asks[k].id for k in sorted(found))


def _moved(ask: Ask, lever: Lever, to: Any) -> Ask:
    if lever is Lever.MINIMUM:
        return replace(ask, minimum={r: to[r] for r in ask.ask})
    if lever is Lever.ASK:
        return replace(ask, ask=dict(to["ask"]), minimum=dict(to["minimum"]))
    worth = Fraction(to)
    return replace(ask, value=worth) if lever is Lever.VALUE else replace(ask, score=worth)


def _uses(ask: Ask) -> frozenset[str]:
    return frozenset(resource for resource, amount in ask.ask.items() if amount)


def _put(values: tuple[T, ...], i: int, value: T) -> tuple[T, ...]:
    return (*values[:i], value, *values[i + 1 :])
