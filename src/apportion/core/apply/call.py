"""What a round asks of those who apply: the [call] table of its policy as one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from apportion.core.ids import AreaId, ResourceCode


class Intake(StrEnum):
    """When a round takes requests."""

    DATED = "dated"  # until its one closing day
    ROLLING = "rolling"  # always; what is in by a cut-off is decided together


class Answer(StrEnum):
    """What kind of answer a question takes."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    CHECKBOX = "checkbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question that this round asks besides what every round asks.

    Units: least and most are characters of a text, or bounds of a number; none of a choice.
    """

    id: str
    label: str
    kind: Answer = Answer.TEXT
    help: str = ""
    required: bool = False
    least: Fraction | None = None
    most: Fraction | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligible:
    """Who may ask in this round; what is empty or absent bars nobody."""

    roles: tuple[str, ...] = ()  # one of them is enough
    areas: tuple[AreaId, ...] = ()  # areas of projects that may ask
    most_open: int | None = None  # requests of one person that are not decided yet
    no_overdue_report: bool = False  # whether a project that owes a progress report must wait


@dataclass(frozen=True, slots=True, kw_only=True)
class FastLane:
    """Small asks that are granted at once, with checks by sample.

    Units: amounts in base units; audit_share as an exact fraction of the awards.
    """

    most: Mapping[ResourceCode, int]  # the largest ask that is granted at once
    pool: Mapping[ResourceCode, int]  # what all of them share, beside the pool of the round
    audit_share: Fraction = Fraction(1, 5)

    def admits(self, ask: Mapping[ResourceCode, int]) -> bool:
        """Says whether a request is small enough: every amount within its bound."""
        return bool(ask) and all(0 < size <= self.most.get(code, 0) for code, size in ask.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachments:
    """What may be attached to a request. Units: bytes."""

    most: int = 5
    most_bytes: int = 10_000_000
    types: tuple[str, ...] = ("pdf", "png", "jpeg", "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What one round asks of those who apply."""

    intake: Intake = Intake.DATED
    every_days: int = 14  # between two cut-offs of rolling intake
    eligible: Eligible = Eligible()
    fast_lane: FastLane | None = None
    attachments: Attachments = Attachments()
    questions: tuple[Question, ...] = field(default=())
