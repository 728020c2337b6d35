from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.appeal_answer_reserve_left import AppealAnswerReserveLeft
    from ..models.appeal_step import AppealStep
    from ..models.decider import Decider


class AppealAnswer(TypedDict):
    """An appeal; its words and its ruling are told to who may read it whole. Units: base units."""

    ref: str
    request: str
    ground: str
    state: str
    filed_at: str
    answer_by_at: str
    words: None | str
    ruling: None | str
    reasons: None | str
    deciders: list[Decider]
    reserve_left: AppealAnswerReserveLeft
    steps: list[AppealStep]
