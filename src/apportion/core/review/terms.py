"""How a round is reviewed: the [review] table of its policy as one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction

LOW, HIGH = 100, 1000  # hundredths of a point: what every score comes to, whatever its rubric


class Names(StrEnum):
    """Who learns whose name before the decision."""

    OPEN = "open"  # both sides see who the other is
    SHIELDED = "shielded"  # reviewers see who asks; who judges stays hidden from applicants
    BLIND = "blind"  # neither side sees the other


class Overdue(StrEnum):
    """What happens to an opinion that does not come."""

    TELL = "tell"  # the chair is told, and asks somebody else
    REASSIGN = "reassign"  # somebody else is asked at once, and the chair is told


class Ground(StrEnum):
    """Why somebody may not judge a request."""

    APPLICANT = "applicant"  # stands behind it
    DECLARED = "declared"  # said so of the request
    CLOSE = "close"  # said so, or was said so of, about somebody behind it
    LINE = "line"  # management, up or down
    TEAM = "team"
    PROJECT = "project"  # works with somebody behind it elsewhere
    COAUTHOR = "coauthor"


ALWAYS = frozenset({Ground.APPLICANT, Ground.DECLARED, Ground.CLOSE})
CHOSEN = (Ground.LINE, Ground.TEAM, Ground.PROJECT, Ground.COAUTHOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One thing that is marked. Shape: anchors say what a mark means, by mark."""

    id: str
    name: str
    weight: Fraction = Fraction(1)
    anchors: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rubric:
    """What is marked, from `low` to `high`; without criteria there is one score of 1 to 10."""

    low: int = 1
    high: int = 10
    criteria: tuple[Criterion, ...] = ()

    def marks(self) -> tuple[int, ...]:
        """Lists the marks that may be given, the lowest first."""
        return tuple(range(self.low, self.high + 1))

    def score(self, marks: Mapping[str, int]) -> int:
        """Comes to one score: the weighted mean, stretched onto 1 to 10 points, half up.

        Units: hundredths of a point.
        """
        whole = sum((one.weight for one in self.criteria), Fraction(0))
        mean = sum((one.weight * marks[one.id] for one in self.criteria), Fraction(0)) / whole
        part = (mean - self.low) / (self.high - self.low)
        return int(LOW + part * (HIGH - LOW) + Fraction(1, 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewTerms:
    """Everything that a round says of its reviews."""

    names: Names = Names.SHIELDED
    opinions: int = 2  # wanted for each request
    load: int = 12  # requests of one reviewer at most
    remind_days: tuple[int, ...] = (3, 1)  # before the day on which reviews are due
    escalate_days: int = 1  # after it
    overdue: Overdue = Overdue.TELL
    reply_days: int = 2  # after reviews are due, and never beyond the decision; 0 is none
    grounds: frozenset[Ground] = ALWAYS | frozenset(CHOSEN)
    board_grounds: frozenset[Ground] = ALWAYS | frozenset(CHOSEN)  # of whoever signs and adopts
    coauthor_years: int = 4
    rubric: Rubric = Rubric()

    def reply_ends_at(self, *, due_at: datetime, decision_at: datetime) -> datetime:
        """When the right of reply ends; it begins when reviews are due."""
        return min(due_at + timedelta(days=self.reply_days), max(due_at, decision_at))
