"""A claim: who counts as what, of which resource and period, compared with which share."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

ALL = "all"  # every resource; only what is charged can be added over them


class Measure(StrEnum):
    """What is added up."""

    DELIVERED = "delivered"
    AWARDED = "awarded"
    CHARGED = "charged"


class Comparison(StrEnum):
    """How the share is compared."""

    OVER = "over"
    AT_LEAST = "at least"
    LESS_THAN = "less than"
    AT_MOST = "at most"

    def holds(self, share: Fraction, limit: Fraction) -> bool:
        """Says whether a share keeps to what was said."""
        if self is Comparison.OVER:
            return share > limit
        if self is Comparison.AT_LEAST:
            return share >= limit
        return share < limit if self is Comparison.LESS_THAN else share <= limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """Which areas count, and which are left out of the whole; those below an area go with it.

    What is left out does not count, whatever else names it.
    """

    name: str
    counted: tuple[str, ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A statement about shares."""

    statement: str
    resource: str  # `gpu:h100`, or `gpu` for all of its kind, or `all`
    period: str
    measure: Measure
    comparison: Comparison
    limit: Fraction
    counts: Definition
    alternatives: tuple[Definition, ...] = ()
