"""How sure a decision is, in words: the tie zone with its odds, and what the draw gave."""

from collections.abc import Sequence

from apportion.core.decide.decision import Decision
from apportion.core.decide.zone import Chance, Settlement, Ties
from apportion.core.review.calibration import MICRO

MOST_LISTED = 40
SETTLED = {
    Settlement.NONE: "nobody is in the tie zone",
    Settlement.ENGINE: "the policy lets nobody draw or decide, so the engine's proposal stands",
    Settlement.PEOPLE: "as the engine proposes; whoever adopts it says why these and not those",
    Settlement.SEALED: "as the engine proposes, until the seed is revealed and lots are drawn",
    Settlement.DRAWN: "lots were drawn in the order of the seed",
}


def tie_lines(decision: Decision) -> list[str]:
    """The tie zone for a terminal; nothing where the decision knows of no opinions."""
    ties = decision.ties
    if ties is None:
        return []
    if ties.why_not or ties.odds is None:
        return [f"Tie zone: no odds, {ties.why_not}"]
    zone = [chance for chance in ties.chances if chance.in_zone]
    odds = f"{float(ties.rule.low):g} and {float(ties.rule.high):g}"
    lines = [f"Tie zone ({len(zone)}): odds between {odds}; {SETTLED[ties.settlement]}"]
    lines += [f"  {_line(ties, chance)}" for chance in zone[:MOST_LISTED]]
    if len(zone) > MOST_LISTED:
        lines.append(f"  ... and {len(zone) - MOST_LISTED} more in the decision file")
    return [*lines, _how(ties)]


def tie_summary(decision: Decision) -> dict[str, object]:
    """The same in short, for `--json`: odds of every request, who is in the zone, the order drawn."""
    ties = decision.ties
    if ties is None:
        return {}
    odds = ties.odds
    return {
        "ties": {
            "why_not": ties.why_not,
            "settlement": ties.settlement.value,
            "draws": odds.draws if odds else 0,
            "odds": {c.request: f"{_odds(ties, c):.4f}" for c in ties.chances},
            "zone": [c.request for c in ties.chances if c.in_zone],
            "drawn": [lot.request for lot in ties.lots],
        }
    }


def _line(ties: Ties, chance: Chance) -> str:
    low, high = chance.low / MICRO, chance.high / MICRO
    line = "" if chance.line is None else f", line {chance.line / MICRO:.2f}"
    return (
        f"{chance.request}  funded in {_odds(ties, chance):.0%} of the draws  "
        f"score {low:.2f} to {high:.2f}{line}{_place(ties, chance)}"
    )


def _place(ties: Ties, chance: Chance) -> str:
    names: Sequence[str] = [lot.request for lot in ties.lots]
    if chance.request in names:
        return f"  drawn as number {names.index(chance.request) + 1}"
    return f"  not drawn: {ties.kept[chance.request]}" if chance.request in ties.kept else ""


def _odds(ties: Ties, chance: Chance) -> float:
    return chance.funded / max(1, ties.odds.draws if ties.odds else 0)


def _how(ties: Ties) -> str:
    """Says what stands behind the odds, and how near each draw came to its optimum."""
    odds = ties.odds
    if odds is None:
        return ""
    left = f", {odds.unsettled} left out unsettled" if odds.unsettled else ""
    return (
        f"  {odds.draws} draws{left}, each settled to a slate at most "
        f"{odds.worst_gap / 10**7:.4g} % below its optimum (half of them {odds.median_gap / 10**7:.4g} %)"
    )
