"""Why a request got nothing or less than its ask: a closed list of codes, with numbers."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from functools import cached_property

from apportion.core.decide.overrides import is_pin, pinned_out
from apportion.core.decide.prices import cost_of_minimum
from apportion.core.decide.problem import Limit
from apportion.core.decide.rivals import Rivals
from apportion.core.decide.room import Room
from apportion.core.decide.rules.round_shares import Shared
from apportion.core.ids import ResourceCode
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
    FLOOR_ELSEWHERE = (
        "Another area was promised what this would take; its request there brings less."
    )
    TIE_DRAW = "A request of equal worth stands in its place; the draw put that one first."
    TIE_ZONE = "Its score is too close to the line to tell, and the draw put others first."
    BOARD_OVERRIDE = (
        "The board decided about this request itself, or what it decided takes the place."
    )
    SHARES_SPENT = "Those who are for it have less of their equal shares left than this would cost."
    OUTRANKED = "At the round's prices the minimum costs more than it is worth; others bring more."


MOST_TOLD = 3  # rows of a price in one sentence
# Objectives that spend nothing on what they count as nothing.
COUNTING = frozenset({Objective.MERIT, Objective.NASH, Objective.LEXIMIN})
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


@dataclass(frozen=True, kw_only=True)
class Outcomes:
    """What the reasons are read from: the final room, the prices, and where a walk stopped."""

    room: Room
    objective: Objective
    prices: tuple[tuple[tuple[str, ...], float], ...] = ()
    ranking: tuple[int, ...] = ()
    stopped_at: int | None = None
    shared: Shared | None = None  # what is left of equal shares, where nothing else is spent
    lots: tuple[int, ...] = ()  # those that the seed decided, in the order drawn

    @cached_property
    def price_of(self) -> Mapping[tuple[str, ...], float]:
        """The prices by what they are about."""
        return dict(self.prices)

    @cached_property
    def rivals(self) -> Rivals:
        """The funded requests that stand where denied ones could."""
        return Rivals(self.room)


def reasons_for(outcomes: Outcomes, i: int) -> tuple[Reason, ...]:
    """Every exact reason why a request has no more than it has, then the price that it met."""
    problem, room = outcomes.room.problem, outcomes.room
    if room.taken[i] == problem.steps[i]:
        return ()
    place = pinned_out(problem, i)
    if place is not None:  # nothing else matters then
        return (_override_reason(problem.limits[place], *needed_and_left(room, i, place)),)
    if room.taken[i]:
        return (
            *_lot_reasons(outcomes, i),
            *_worth_reasons(outcomes, i),
            *_share_reasons(outcomes, i),
            *_limit_reasons(room, i),
        )
    found = [
        *_lot_reasons(outcomes, i),
        *_line_reasons(outcomes, i),
        *_link_reasons(outcomes, i),
        *_worth_reasons(outcomes, i),
        *_share_reasons(outcomes, i),
        *_limit_reasons(room, i),
        *_rival_reasons(outcomes, i),
    ]
    price = _price_reason(outcomes, i)
    return (*found, price) if price else tuple(found)


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
    if is_pin(limit.owner):
        return "the board's override"
    return f"the {limit.resource} cap of {limit.kind} {limit.owner}"


def about_name(about: tuple[str, ...]) -> str:
    """Names what a price is about: a limit, or a floor."""
    if len(about) == 2:
        return f"the {about[1]} floor of {about[0]}"
    kind, owner, resource = about
    return limit_name(
        Limit(kind=kind, owner=owner, resource=ResourceCode(resource), bound=0, members=())
    )


def _lot_reasons(outcomes: Outcomes, i: int) -> Iterable[Reason]:
    place, lots = (outcomes.lots.index(i) + 1 if i in outcomes.lots else 0), len(outcomes.lots)
    if any(outcomes.room.taken[j] for j in outcomes.lots[: max(0, place - 1)]):
        yield Reason(
            code=ReasonCode.TIE_ZONE,
            kind="exact",
            text=(
                f"Its score is too close to the line for its reviewers to tell it from others; "
                f"of {lots} such requests the draw put it in place {place}"
            ),
            data={"place": place, "of": lots},
        )


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
    if outcomes.objective in COUNTING and not outcomes.room.problem.worth[i]:
        yield Reason(
            code=ReasonCode.NO_VALUE, kind="exact", text="The objective counts it as nothing"
        )


def _share_reasons(outcomes: Outcomes, i: int) -> Iterable[Reason]:
    short = outcomes.shared and outcomes.shared.short_of(outcomes.room.problem, i)
    if outcomes.shared and short:
        left, cost = (share / outcomes.shared.backing.pools for share in short)
        yield Reason(
            code=ReasonCode.SHARES_SPENT,
            kind="exact",
            text=(
                f"Those who are for it have {float(left):.2%} of what there is left to spend; "
                f"{'more' if outcomes.room.taken[i] else 'its minimum'} costs {float(cost):.2%}"
            ),
            data={"left": str(left), "costs": str(cost)},
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


def _override_reason(limit: Limit, needed: int, left: int) -> Reason:
    return Reason(
        code=ReasonCode.BOARD_OVERRIDE,
        kind="exact",
        text="The board took it out by an override of its own",
        data={"limit": list(limit.about), "needed": needed, "left": left, "bound": limit.bound},
    )


def _rival_reasons(outcomes: Outcomes, i: int) -> Iterable[Reason]:
    if outcomes.objective is not Objective.MERIT or not outcomes.room.problem.worth[i]:
        return
    problem = outcomes.room.problem
    drawn = outcomes.rivals.drawn_before(i)
    if drawn is not None:
        name = problem.asks[drawn].id
        yield Reason(
            code=ReasonCode.TIE_DRAW,
            kind="exact",
            text=f"It is worth exactly as much as {name}, and the draw put {name} first",
            data={"drawn_before": name},
        )
    held = outcomes.rivals.held_by_floor(i)
    if held is None:
        return
    floor, name = problem.floors[held[0]], problem.asks[held[1]].id
    data = {"floor": list(floor.about), "instead_of": name}
    if is_pin(floor.area):
        code, text = ReasonCode.BOARD_OVERRIDE, f"The board put {name} in by an override of its own"
    else:
        code = ReasonCode.FLOOR_ELSEWHERE
        text = (
            f"It would bring more than {name}, but without that {floor.area} would be short of "
            f"the {floor.resource} it was promised"
        )
    yield Reason(code=code, kind="exact", text=text, data=data)


def _price_reason(outcomes: Outcomes, i: int) -> Reason | None:
    if outcomes.objective is not Objective.MERIT:
        return None
    problem = outcomes.room.problem
    cost, brings = (
        cost_of_minimum(problem, i, outcomes.price_of),
        problem.points(i, problem.least[i]),
    )
    if cost.total <= brings:
        return None
    split = " and ".join(
        f"{share} % {about_name(about)}" for about, share in cost.shares[:MOST_TOLD]
    )
    return Reason(
        code=ReasonCode.OUTRANKED,
        kind="price",
        text=(
            f"Estimate: at the round's prices its minimum costs about {_points(cost.total)} points "
            f"({split}) and brings {_points(brings)}"
        ),
        data={
            "cost_micropoints": int(cost.total),
            "brings_micropoints": brings,
            "shares": [[list(about), share] for about, share in cost.shares],
        },
    )


def _points(micropoints: float) -> str:
    """Writes points for people: three digits, or all of those before the point."""
    points = micropoints / 10**6
    return f"{points:,.0f}" if points >= 100 else f"{points:.3g}"
