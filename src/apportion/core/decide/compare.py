"""Two slates side by side: who gains, who loses, what it is worth, which promises break.

Read from decision documents, so that any two can be compared: two proposals, a proposal and what
the board made of it, this round's decision under another policy.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A request that gets more under one slate than under the other. Units: base units."""

    request: str
    before: str  # outcomes
    after: str
    share_before: Fraction
    share_after: Fraction
    amounts_before: Mapping[str, int]
    amounts_after: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A floor that one slate misses by more than the other. Units: base units."""

    area: str
    resource: str
    promised: int
    short_before: int
    short_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What changes from one slate to the other.

    Units: lost in points of the objective both were decided by, at least `lost` less the second
    gap and at most `lost` plus the first; None where the two count different things.
    """

    gains: tuple[Moved, ...]
    losses: tuple[Moved, ...]
    only_before: tuple[str, ...]  # requests that the other slate does not know
    only_after: tuple[str, ...]
    lost: Fraction | None
    lost_at_most: Fraction | None  # counted from the bound of the first slate
    broken: tuple[Promise, ...]
    mended: tuple[Promise, ...]


def compare(before: Document, after: Document) -> Comparison:
    """Lays two decisions side by side, those who move furthest first."""
    old = {award["request"]: award for award in before["awards"]}
    new = {award["request"]: award for award in after["awards"]}
    moved = [_moved(old[name], new[name]) for name in old if name in new]
    up = [m for m in moved if m.share_after > m.share_before]
    down = [m for m in moved if m.share_after < m.share_before]
    promises = _promises(before, after)
    comparable = before["objective"] == after["objective"]
    value = Fraction(after["value"])
    return Comparison(
        gains=_furthest_first(up),
        losses=_furthest_first(down),
        only_before=tuple(sorted(set(old) - set(new))),
        only_after=tuple(sorted(set(new) - set(old))),
        lost=Fraction(before["value"]) - value if comparable else None,
        lost_at_most=Fraction(before["bound"]) - value if comparable else None,
        broken=tuple(p for p in promises if p.short_after > p.short_before),
        mended=tuple(p for p in promises if p.short_after < p.short_before),
    )


def _moved(old: Document, new: Document) -> Moved:
    return Moved(
        request=old["request"],
        before=old["outcome"],
        after=new["outcome"],
        share_before=Fraction(old["fraction"]),
        share_after=Fraction(new["fraction"]),
        amounts_before=old["amounts"],
        amounts_after=new["amounts"],
    )


def _furthest_first(moved: list[Moved]) -> tuple[Moved, ...]:
    return tuple(sorted(moved, key=lambda m: (-abs(m.share_after - m.share_before), m.request)))


def _promises(before: Document, after: Document) -> list[Promise]:
    """Floors that both slates speak of, and those that only one does, as kept by the other."""
    short = [
        {(f["area"], f["resource"]): (f["promised"], f["shortfall"]) for f in told["floors"]}
        for told in (before, after)
    ]
    return [
        Promise(
            area=area,
            resource=resource,
            promised=(short[1].get((area, resource)) or short[0][area, resource])[0],
            short_before=short[0].get((area, resource), (0, 0))[1],
            short_after=short[1].get((area, resource), (0, 0))[1],
        )
        for area, resource in sorted(set(short[0]) | set(short[1]))
    ]
