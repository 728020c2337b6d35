"""How sure a slate is, as pages show it: odds, intervals, who is too close to tell. No tables here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apportion.apps.rounds.wording import count_of
from apportion.core.policy import Policy, TieBy


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One request's chance. Units: scores in points."""

    odds: float
    low: float
    high: float
    in_zone: bool
    place: int | None  # in the draw; None: no lot was drawn for it

    @property
    def percent(self) -> str:
        """Writes the odds; what no draw or every draw did is not written as certain."""
        if self.odds in {0, 1}:
            return f"{'<' if self.odds == 0 else '>'}{1 if self.odds == 0 else 99} %"
        return f"{self.odds:.0%}".replace("%", " %")

    @property
    def interval(self) -> str:
        """Writes the interval of the score."""
        return f"{self.low:.1f} to {self.high:.1f}"


def seen_chances(document: Mapping[str, Any]) -> dict[str, Seen]:
    """Reads the chances out of a decision document; none where it has none."""
    ties = document.get("ties") or {}
    places = {lot["request"]: n for n, lot in enumerate(ties.get("lots", ()), start=1)}
    return {
        chance["request"]: Seen(
            odds=chance["funded"] / max(1, ties["draws"]),
            low=float(chance["low"]),
            high=float(chance["high"]),
            in_zone=chance["in_zone"],
            place=places.get(chance["request"]),
        )
        for chance in ties.get("chances", ())
    }


def tie_told(chances: Sequence[Seen], policy: Policy) -> str:
    """Says in a sentence or two who is too close to tell, and what settles that."""
    zone = [chance for chance in chances if chance.in_zone]
    if not chances:
        return ""
    if not zone:
        return "Nobody is too close to the line to tell."
    lead = f"{count_of(len(zone), 'request')} {'is' if len(zone) == 1 else 'are'} too close to the line to tell."
    if any(chance.place for chance in zone):
        return f"{lead} Lots decided, by a seed that was promised before scores opened."
    if policy.ties.by is TieBy.PEOPLE:
        return f"{lead} Whoever adopts says why these and not those."
    if policy.ties.by is TieBy.LOTTERY and policy.is_sealed:
        return f"{lead} Lots will decide, once the seed is revealed; until then the order is the engine's."
    return f"{lead} The engine's proposal stands."
