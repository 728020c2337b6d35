"""Which decisions the public record tells one by one, so that nobody else's can be guessed.

Totals by area are public. Who knows all of a group but a few would know those few, so that of each
group either every decision is told or at least `LEAST` are not.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from apportion.core.claims.equity import LEAST


class Rule(StrEnum):
    """What a site's policy says of single decisions."""

    CONSENT = "consent"  # those whose authors say so
    ALL = "all"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """The requests that are told, and how many may be told and are withheld."""

    told: tuple[str, ...]
    withheld: int


def choose_told(
    groups: Mapping[str, Sequence[str]],
    consented: AbstractSet[str],
    rule: Rule,
    *,
    least: int = LEAST,
) -> Disclosure:
    """Chooses of each group of requests whom to tell; the latest by name are withheld first.

    Shape: a request is in one group only.
    """
    if rule is Rule.NONE:
        return Disclosure(told=(), withheld=0)
    told: list[str] = []
    withheld = 0
    for group in groups.values():
        whole = sorted(set(group))
        open_ = [ref for ref in whole if rule is Rule.ALL or ref in consented]
        hidden = len(whole) - len(open_)
        keep = len(open_) if hidden == 0 or hidden >= least else max(0, len(whole) - least)
        told += open_[:keep]
        withheld += len(open_) - keep
    return Disclosure(told=tuple(sorted(told)), withheld=withheld)
