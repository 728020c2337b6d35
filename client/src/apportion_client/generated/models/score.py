from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    from ..models.score_marks_type_0 import ScoreMarksType0


class Score(TypedDict):
    """An opinion: points in hundredths, or a mark for each criterion of the round."""

    score_hundredths: NotRequired[int | None]
    marks: NotRequired[None | ScoreMarksType0]
    comment: NotRequired[str]
    minimum_percent: NotRequired[int | None]
