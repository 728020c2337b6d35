"""From opinions to panel scores, and who may not judge."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from apportion.core.ids import PersonId

SCALE_HUNDREDTHS = (100, 1000)  # 1 to 10 points


@dataclass(frozen=True, slots=True, kw_only=True)
class Stake:
    """Who stands behind a request: nobody of them may judge it."""

    lead: PersonId
    author: PersonId
    members: frozenset[PersonId] = frozenset()
    declared: frozenset[PersonId] = frozenset()


def panel_score(score_hundredths: Iterable[int]) -> Fraction | None:
    """Averages scores into points, exactly; None where nobody has written yet."""
    scores = tuple(score_hundredths)
    if not scores:
        return None
    return Fraction(sum(scores), 100 * len(scores))


def is_conflicted(person: PersonId, stake: Stake) -> bool:
    """Says whether a person has a stake in a request."""
    return person in stake.members | stake.declared | {stake.lead, stake.author}
