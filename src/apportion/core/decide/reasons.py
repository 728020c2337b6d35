"""Why a request got nothing or less than its ask: a closed list of codes, with numbers."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction

from apportion.core.decide.problem import Limit
from apportion.core.decide.room import Room
from apportion.core.policy import Objective
from apportion.core.units import format_quantity


class ReasonCode(Enum):
    """Why not, or not all. The value says what the code means."""

    BELOW_THRESHOLD = "The score lies below the line under which nothing is funded."
    LINE_REACHED = "The list stops at the first request that no longer fits, and that came before."
    PREREQUISITE = "A request that this one requires is not funded, or was not when its turn came."
    EITHER_OR = "Of the requests with this label another one is funded."
    NO_VALUE = "The objective counts the request as nothing, so nothing is spent on it."
    INDIVISIBLE_MINIMUM = "The minimum alone is more than a limit allows, whoever else is funded."
    POOL_FULL = "The pool has less left than this would take."
    AREA_CAP = "The cap of the area leaves less than this would take."
    GROUP_CAP = "The cap of the group leaves less than this would take."
    OUTRANKED = "At the round's prices the minimum costs more than it is worth; others bring more."


LIMIT_CODES = {
    "pool": ReasonCode.POOL_FULL,
    "area": ReasonCode.AREA_CAP,
    "group": ReasonCode.GROUP_CAP,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason with its numbers. `kind` is exact (checked in integers) or price (an estimate)."""

    code: ReasonCode
    kind: str
    text: str
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """What the reasons are read from: the final room, the prices, and where a walk stopped."""

    room: Room
    objective: Objective
    prices: tuple[tuple[tuple[str, ...], float], ...] = ()
    ranking: tuple[int, ...] = ()
    stopped_at: int | None = None


def reasons_for(outcomes: Outcomes, i: int) -> tuple[Reason, ...]:
    """Every exact reason why a request has no more than it has, then the price that it met."""
    problem, room = outcomes.room.problem, outcomes.room
    if room.taken[i] == problem.steps[i]:
        return ()
    if room.taken[i]:
        return tuple(_worth_reasons(outcomes, i)) + tuple(_limit_reasons(room, i))
    found = [
        *_line_reasons(outcomes, i),
        *_link_reasons(outcomes, i),
        *_worth_reasons(outcomes, i),
        *_limit_reasons(room, i),
    ]
    price = _price_reason(outcomes, i)
    return (*found, price) if price else tuple(found)


def price_of_minimum(outcomes: Outcomes, i: int) -> float:
    """What the minimum would cost at the prices of the limits, in micropoints."""
    problem = outcomes.room.problem
    prices = dict(outcomes.prices)
    cost = 0.0
    for place in problem.limits_of[i]:
        limit = problem.limits[place]
        use = problem.least[i] * problem.asks[i].ask[limit.resource] / problem.steps[i]
        cost += prices.get(limit.about, 0.0) * use
    return cost


def needed_and_left(room: Room, i: int, place: int) -> tuple[int, int]:
    """Counts what the next possible award would take more of a limit, and what is left of it."""
    problem = room.problem
    asked = problem.asks[i].ask[problem.limits[place].resource]
    aim = problem.least[i] if not room.taken[i] else room.taken[i] + 1
    more = Fraction((aim - room.taken[i]) * asked, problem.steps[i])
    return math.ceil(more), math.floor(room.left[place])


def limit_name(limit: Limit) -> str:
    """Names a limit for people."""
    if limit.kind == "pool":
        return f"the pool of {limit.resource}"
    return f"the {limit.resource} cap of {limit.kind} {limit.owner}"


def _line_reasons(outcomes: Outcomes, i: int) -> Iterable[Reason]:
    if outcomes.objective is not Objective.CUT_LINE:
        return
    problem = outcomes.room.problem
    threshold, score = problem.policy.cut_line.threshold, problem.asks[i].score
    if score < threshold:
        yield Reason(
            code=ReasonCode.BELOW_THRESHOLD,
            kind="exact",
            text=f"Score {float(score):g} lies below the line at {float(threshold):g}",
            data={"score": str(score), "threshold": str(threshold)},
        )
    elif outcomes.stopped_at is not None and i != outcomes.stopped_at:
        where = problem.asks[outcomes.stopped_at].id
        if outcomes.ranking.index(i) > outcomes.ranking.index(outcomes.stopped_at):
            yield Reason(
                code=ReasonCode.LINE_REACHED,
                kind="exact",
                text=f"The list stopped at {where}, which no longer fitted",
                data={"stopped_at": where},
            )


def _link_reasons(outcomes: Outcomes, i: int) -> Iterable[Reason]:
    room, problem = outcomes.room, outcomes.room.problem
    ranking = outcomes.ranking
    for j in problem.needs[i]:
        later = bool(ranking) and ranking.index(j) > ranking.index(i)
        if not room.taken[j] or later:
            why = "stands lower in the ranking" if room.taken[j] else "is not funded"
            yield Reason(
                code=ReasonCode.PREREQUISITE,
                kind="exact",
                text=f"It requires {problem.asks[j].id}, which {why}",
                data={"requires": problem.asks[j].id, "funded": bool(room.taken[j])},
            )
    place = problem.label_of[i]
    if place is not None:
        label, members = problem.labels[place]
        for j in members:
            if j != i and room.taken[j]:
                yield Reason(
                    code=ReasonCode.EITHER_OR,
                    kind="exact",
                    text=f"Of {label!r} the request {problem.asks[j].id} is funded",
                    data={"label": label, "funded": problem.asks[j].id},
                )


def _worth_reasons(outcomes: Outcomes, i: int) -> Iterable[Reason]:
    if outcomes.objective is Objective.MERIT and not outcomes.room.problem.worth[i]:
        yield Reason(
            code=ReasonCode.NO_VALUE, kind="exact", text="The objective counts it as nothing"
        )


def _limit_reasons(room: Room, i: int) -> Iterable[Reason]:
    problem = room.problem
    for place in problem.limits_of[i]:
        limit = problem.limits[place]
        asked = problem.asks[i].ask[limit.resource]
        aim = problem.least[i] if not room.taken[i] else room.taken[i] + 1
        more = Fraction((aim - room.taken[i]) * asked, problem.steps[i])
        if more <= room.left[place]:
            continue
        needed, left = needed_and_left(room, i, place)
        alone = not room.taken[i] and more > limit.bound
        unit = problem.policy.resources[limit.resource].unit
        among = (
            f"allows {format_quantity(limit.bound, unit)}"
            if alone
            else f"has {format_quantity(left, unit)} left"
        )
        if room.taken[i]:  # a cut: what one base unit more would take is no news to anybody
            got = format_quantity(problem.amounts(i, room.taken[i])[limit.resource], unit)
            text = f"Cut to {got} of {format_quantity(asked, unit)} {unit}s; {limit_name(limit)} {among}"
        else:
            text = f"Its minimum takes {format_quantity(needed, unit)} {unit}s; {limit_name(limit)} {among}"
        yield Reason(
            code=ReasonCode.INDIVISIBLE_MINIMUM if alone else LIMIT_CODES[limit.kind],
            kind="exact",
            text=text,
            data={"limit": list(limit.about), "needed": needed, "left": left, "bound": limit.bound},
        )


def _price_reason(outcomes: Outcomes, i: int) -> Reason | None:
    problem = outcomes.room.problem
    cost, brings = int(price_of_minimum(outcomes, i)), problem.points(i, problem.least[i])
    if outcomes.objective is not Objective.MERIT or cost <= brings:
        return None
    return Reason(
        code=ReasonCode.OUTRANKED,
        kind="price",
        text=(
            f"Estimate: its minimum costs about {cost // 10**6:,} points at the round's prices "
            f"and brings {brings // 10**6:,}"
        ),
        data={"cost_micropoints": cost, "brings_micropoints": brings},
    )
