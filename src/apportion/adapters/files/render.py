"""A decision as bytes for a file, and as a skyline of block characters for a terminal."""

from collections.abc import Sequence

from apportion.adapters.files.render_ties import tie_lines, tie_summary
from apportion.core.decide.decision import Award, Decision, Measure, Outcome
from apportion.core.decide.document import document_of, gap_text
from apportion.core.decide.problem import Ask
from apportion.core.decide.snapshot import canonical_bytes
from apportion.core.decide.worth import decimal_text, points_text
from apportion.core.ids import ResourceCode
from apportion.core.policy import Objective
from apportion.core.units import format_quantity

HEIGHT = 6
EIGHTHS = " ▁▂▃▄▅▆▇█"
GRANTED, ASKED, LINE = "█", "░", "│"
MOST_LISTED = 40
BOUNDS = {
    Measure.POINTS: "no slate is worth more than {} points",
    Measure.WELFARE: "no slate has a larger sum over areas of ln(1 + points) than {}",
    Measure.SHARE: "no slate leaves every area more than {} of what it asks",
}


def decision_bytes(decision: Decision, *, engine_version: str) -> bytes:
    """Writes a decision as its file: the same decision gives the same bytes."""
    return canonical_bytes(document_of(decision, engine_version=engine_version))


def summary(decision: Decision) -> dict[str, object]:
    """The decision in short, for `--json`: amounts in base units, values as decimals."""
    return {
        "round": decision.policy.name,
        "objective": decision.objective.value,
        "measure": decision.measure.value,
        "points": points_text(decision.points),
        "value": decimal_text(decision.value, decision.measure.decimals),
        "bound": decimal_text(decision.bound, decision.measure.decimals),
        "gap": gap_text(decision.gap),
        "bound_class": decision.bound_class,
        "funded": sum(award.taken > 0 for award in decision.awards),
        "not_yet": sum(award.taken == 0 for award in decision.awards),
        "awards": {
            award.request: {"outcome": award.outcome.value, "amounts": dict(award.amounts)}
            for award in decision.awards
        },
        "floors": [
            {
                "area": floor.area,
                "resource": floor.resource,
                "promised": floor.promised,
                "met": floor.met,
                "shortfall": floor.shortfall,
            }
            for floor in decision.floors
        ],
    } | tie_summary(decision)


def overview(decision: Decision, *, width: int) -> str:
    """Draws a decision for a terminal: skyline, pools, floors, who is in and out, and the proof."""
    parts = (
        _title(decision),
        _skyline(decision, width),
        _pools(decision, width),
        _floors(decision),
        _listing(decision),
        tie_lines(decision),
        _proof(decision),
    )
    return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"


def _title(decision: Decision) -> list[str]:
    funded = sum(award.outcome is not Outcome.NOT_YET for award in decision.awards)
    points = points_text(decision.points).split(".")[0]
    among = f"{funded} of {len(decision.awards)} requests funded"
    return [f"{decision.policy.name}: {among}, {int(points):,} points, by {decision.objective}"]


def _skyline(decision: Decision, width: int) -> list[str]:
    """One column per request or per few: height is the ask, solid is what it gets."""
    resource = _first(decision)
    ordered = _ordered(decision)
    inside = [pair for pair in ordered if pair[1].taken]
    outside = [pair for pair in ordered if not pair[1].taken]
    per_column = max(1, -(-len(ordered) // max(10, width - 4)))
    columns = [*_columns(inside, resource, per_column), None]
    columns += _columns(outside, resource, per_column)
    tallest = max((column[0] for column in columns if column), default=0) or 1
    rows = [
        "  " + "".join(_cell(column, level, tallest) for column in columns).rstrip()
        for level in range(HEIGHT - 1, -1, -1)
    ]
    few = "one column per request" if per_column == 1 else f"{per_column} requests a column"
    return [*rows, f"  {GRANTED} granted  {ASKED} asked  {LINE} the line  ({resource}, {few})"]


def _columns(
    pairs: Sequence[tuple[Ask, Award]], resource: ResourceCode, size: int
) -> list[tuple[int, int] | None]:
    """Adds up ask and award of so many requests each."""
    return [
        (
            sum(ask.ask.get(resource, 0) for ask, _ in pairs[start : start + size]),
            sum(award.amounts.get(resource, 0) for _, award in pairs[start : start + size]),
        )
        for start in range(0, len(pairs), size)
    ]


def _cell(column: tuple[int, int] | None, level: int, tallest: int) -> str:
    if column is None:
        return LINE
    asked, granted = (amount * HEIGHT * 8 // tallest - level * 8 for amount in column)
    if granted > 0:
        return EIGHTHS[min(8, granted)]
    return ASKED if asked > 0 else " "


def _pools(decision: Decision, width: int) -> list[str]:
    """Per resource, how much of what may be awarded is."""
    room = max(10, min(40, width - 50))
    lines = []
    for code, resource in decision.policy.resources.items():
        if code not in decision.policy.pool:
            continue
        there_is = decision.policy.awardable(code)
        given = sum(award.amounts.get(code, 0) for award in decision.awards)
        filled = given * room // there_is if there_is else 0
        bar = GRANTED * filled + ASKED * (room - filled)
        amounts = (
            f"{format_quantity(given, resource.unit)} of {format_quantity(there_is, resource.unit)}"
        )
        lines.append(f"  {code:<12} {bar} {amounts} {resource.unit.value}s awarded")
    return lines


def _floors(decision: Decision) -> list[str]:
    lines = []
    for floor in decision.floors:
        unit = decision.policy.resources[floor.resource].unit
        promised, met = (format_quantity(n, unit) for n in (floor.promised, floor.met))
        state = f"missed by {format_quantity(floor.shortfall, unit)}: {floor.conflict}"
        said = state if floor.shortfall else "kept"
        word = "promised and owed" if floor.owed else "promised"
        lines.append(
            f"  {floor.area}: {promised} {unit.value}s of {floor.resource} {word}, {met} given, {said}"
        )
    for owed in decision.carried:
        unit = decision.policy.resources[owed.resource].unit
        before, after = (format_quantity(n, unit) for n in (owed.before, owed.after))
        said = f"owed {after} {unit.value}s of {owed.resource} after this round, {before} before"
        lines.append(f"  {owed.area}: {said}")
    return ["Floors", *lines] if lines else []


def _listing(decision: Decision) -> list[str]:
    """Who is in and who is not yet, each of the latter with its first reason and way in."""
    lines = []
    ordered = _ordered(decision)
    for heading, wanted in (("In", True), ("Not yet", False)):
        pairs = [(ask, award) for ask, award in ordered if bool(award.taken) is wanted]
        if pairs:
            lines.append(f"{heading} ({len(pairs)})")
        lines += [f"  {_line(decision, ask, award)}" for ask, award in pairs[:MOST_LISTED]]
        if len(pairs) > MOST_LISTED:
            lines.append(f"  ... and {len(pairs) - MOST_LISTED} more in the decision file")
    return lines


def _line(decision: Decision, ask: Ask, award: Award) -> str:
    amounts = ", ".join(
        f"{format_quantity(award.amounts[code], decision.policy.resources[code].unit)} of "
        f"{format_quantity(asked, decision.policy.resources[code].unit)} {code}"
        for code, asked in ask.ask.items()
    )
    reason = f"  {award.reasons[0].text}" if award.reasons else ""
    way = f". {award.counterfactuals[0].text}" if award.counterfactuals and not award.taken else ""
    return f"{award.request}  {award.outcome.value}  {amounts}{reason}{way}"


def _proof(decision: Decision) -> list[str]:
    if decision.objective is Objective.EQUAL_SHARES:
        return ["Equal shares: the rule itself is the proof; `apportion verify` buys again by it"]
    if decision.bound_class == "walk":
        return ["Cut line: the ranking itself is the proof; `apportion verify` walks it again"]
    sure = {
        "integer-certificate": "proved in integers; `apportion verify` recomputes it",
        "solver": "the solver's word; the search that would prove it ran out",
    }[decision.bound_class]
    bound = decimal_text(decision.bound, decision.measure.decimals)
    gap = gap_text(decision.gap)
    return [f"Gap {gap}: {BOUNDS[decision.measure].format(bound)} ({sure})"]


def _ordered(decision: Decision) -> list[tuple[Ask, Award]]:
    """Everyone, from the highest score down."""
    pairs = zip(decision.asks, decision.awards, strict=True)
    return sorted(pairs, key=lambda pair: (-pair[0].score, -pair[1].points, pair[0].id))


def _first(decision: Decision) -> ResourceCode:
    """The resource that the skyline shows: the first of the pool that anybody asks for."""
    asked = {code for ask in decision.asks for code in ask.ask}
    return next(code for code in decision.policy.pool if code in asked)
