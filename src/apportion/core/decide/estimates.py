"""Ways in that were not solved again: each says that it is an estimate, and from what."""

import math
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import cast

from apportion.core.decide.brackets import Bracket
from apportion.core.decide.decision import Counterfactual, Lever
from apportion.core.decide.overrides import pinned_out
from apportion.core.decide.prices import cost_of_minimum
from apportion.core.decide.reasons import (
    LIMIT_CODES,
    Outcomes,
    Reason,
    ReasonCode,
    limit_name,
)
from apportion.core.policy import Objective
from apportion.core.units import format_quantity

LIMIT_REASONS = frozenset({*LIMIT_CODES.values(), ReasonCode.INDIVISIBLE_MINIMUM})


def estimated_ways(
    outcomes: Outcomes, i: int, reasons: tuple[Reason, ...], bracket: Bracket | None = None
) -> tuple[Counterfactual, ...]:
    """At least one way in per reason-bearing request, the applicant's own levers first."""
    found: list[Counterfactual] = []
    if not outcomes.room.taken[i] and pinned_out(outcomes.room.problem, i) is None:
        if all(reason.code in LIMIT_REASONS or reason.kind == "price" for reason in reasons):
            found += _fits_in_the_rest(outcomes, i)
        found += _by_bracket(outcomes, i, bracket) or _by_price(outcomes, i)
    for reason in reasons:
        found += _by_reason(outcomes, i, reason)
    return tuple(found)


def _fits_in_the_rest(outcomes: Outcomes, i: int) -> Iterable[Counterfactual]:
    """A minimum low enough for what nobody took."""
    room, problem = outcomes.room, outcomes.room.problem
    most = room.most(i)
    if not most or most >= problem.least[i] or not room.linked(i) or not problem.worth[i]:
        return
    amounts = problem.amounts(i, most)
    text = ", ".join(
        f"{format_quantity(n, problem.policy.resources[r].unit)} of {r}" for r, n in amounts.items()
    )
    yield Counterfactual(
        lever=Lever.MINIMUM,
        change={"to": amounts},
        kind="bracket",
        verified=False,
        text=f"Estimate: a minimum of {text} would fit in what nobody took",
    )


def _by_bracket(outcomes: Outcomes, i: int, bracket: Bracket | None) -> tuple[Counterfactual, ...]:
    """The scores or values between which the threshold lies, rounded outwards."""
    problem = outcomes.room.problem
    ask, brings = problem.asks[i], problem.points(i, problem.least[i])
    if bracket is None or bracket.high is None or not brings:
        return ()
    lever = Lever.SCORE if ask.value is None else Lever.VALUE
    now = ask.score if ask.value is None else ask.value
    low = max(now, Fraction(math.floor(float(now) * bracket.low / brings * 1000), 1000))
    high = Fraction(math.ceil(float(now) * bracket.high / brings * 1000), 1000)
    if not now or high <= now:
        return ()
    return (
        Counterfactual(
            lever=lever,
            change={"from": str(low), "to": str(high)},
            kind="bracket",
            verified=False,
            text=(
                f"Estimate: it needs a {lever.value} of more than {float(low):.6g} and at most "
                f"{float(high):.6g}"
            ),
        ),
    )


def _by_price(outcomes: Outcomes, i: int) -> tuple[Counterfactual, ...]:
    """A score or value at which the minimum is worth what it costs at the round's prices."""
    problem = outcomes.room.problem
    ask, brings = problem.asks[i], problem.points(i, problem.least[i])
    cost = cost_of_minimum(problem, i, outcomes.price_of).total
    if outcomes.objective is not Objective.MERIT or not brings or cost <= brings:
        return ()
    lever = Lever.SCORE if ask.value is None else Lever.VALUE
    now = ask.score if ask.value is None else ask.value
    cents = math.ceil(float(now) * cost / brings * 100)
    text = f"{cents // 100}.{cents % 100:02}"
    return (
        Counterfactual(
            lever=lever,
            change={"to": text},
            kind="price",
            verified=False,
            text=f"Estimate: at the round's prices a {lever.value} of about {text} would be needed",
        ),
    )


def _by_reason(outcomes: Outcomes, i: int, reason: Reason) -> Iterable[Counterfactual]:
    """What would take this one reason away; others may still stand."""
    problem, data = outcomes.room.problem, reason.data
    if reason.code in LIMIT_REASONS:
        yield _raised_limit(outcomes, i, data)
    elif reason.code is ReasonCode.NO_VALUE:
        lever = Lever.SCORE if problem.asks[i].value is None else Lever.VALUE
        yield _estimate(lever, f"its {lever.value} were above zero", {"above": "0"})
    elif reason.code in NEARER:
        lever, condition, change = NEARER[reason.code](data)
        yield _estimate(lever, condition, change)


Data = Mapping[str, object]
# What would take a reason away that one sentence can say, whatever the request.
NEARER: Mapping[ReasonCode, Callable[[Data], tuple[Lever, str, Data]]] = {
    ReasonCode.EITHER_OR: lambda data: (
        Lever.EITHER_OR,
        f"{data['funded']} gave up its place",
        dict(data),
    ),
    ReasonCode.PREREQUISITE: lambda data: (
        Lever.PREREQUISITE,
        f"{data['requires']} were funded first",
        dict(data),
    ),
    ReasonCode.TIE_DRAW: lambda data: (
        Lever.SCORE,
        f"its score lay above {data['drawn_before']}'s",
        dict(data),
    ),
    ReasonCode.FLOOR_ELSEWHERE: lambda data: (
        Lever.FLOOR,
        f"the floor of {_floor_owner(data)} were lower",
        dict(data),
    ),
    ReasonCode.BOARD_OVERRIDE: lambda data: (
        Lever.OVERRIDE,
        "the board took its override back",
        dict(data),
    ),
    ReasonCode.BELOW_THRESHOLD: lambda data: (
        Lever.SCORE,
        f"its score were {data['threshold']} or more",
        {"to": data["threshold"]},
    ),
    ReasonCode.LINE_REACHED: lambda _: (
        Lever.SKIP_UNFIT,
        "the list went on past what no longer fits",
        {"to": "true"},
    ),
    ReasonCode.SHARES_SPENT: lambda _: (
        Lever.COMPLETE,
        "the round also spent what nobody's share pays for",
        {"to": "true"},
    ),
}


def _raised_limit(outcomes: Outcomes, i: int, data: Mapping[str, object]) -> Counterfactual:
    """A limit large enough for the minimum, or for the full ask of an award that was cut."""
    problem, taken = outcomes.room.problem, outcomes.room.taken[i]
    kind, owner, resource = cast("list[str]", data["limit"])
    limit = next(x for x in problem.limits if x.about == (kind, owner, resource))
    needed = cast("int", data["needed"])
    if taken:
        needed = problem.asks[i].ask[limit.resource] - problem.amounts(i, taken)[limit.resource]
    lack = needed - cast("int", data["left"])
    unit = problem.policy.resources[limit.resource].unit
    return _estimate(
        Lever.LIMIT,
        f"{limit_name(limit)} were {format_quantity(lack, unit)} {unit}s larger",
        {"limit": list(limit.about), "raise_by": lack, "request": problem.asks[i].id},
    )


def _estimate(lever: Lever, condition: str, change: Mapping[str, object]) -> Counterfactual:
    return Counterfactual(
        lever=lever,
        change=change,
        kind="bracket",
        verified=False,
        text=f"Estimate: nearer if {condition}",
    )


def _floor_owner(data: Mapping[str, object]) -> str:
    area, resource, *_ = cast("list[str]", data["floor"])
    return f"{area} for {resource}"
