from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.outcome_answer_awards import OutcomeAnswerAwards


class OutcomeAnswer(TypedDict):
    """What was decided about a request, why, and the nearest ways in. Units: base units."""

    ref: str
    outcome: str
    published_at: str
    appeal_until_at: str
    reasons: list[str]
    ways: list[str]
    board: str
    awards: OutcomeAnswerAwards
