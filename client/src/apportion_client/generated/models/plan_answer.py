from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    from ..models.finding_output import FindingOutput
    from ..models.planned_step import PlannedStep


class PlanAnswer(TypedDict):
    """What differs between the books and the scheduler; nothing where they match."""

    matches: bool
    steps: list[PlannedStep]
    findings: list[FindingOutput]
    failures: NotRequired[list[str]]
