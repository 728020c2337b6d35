from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.opinion_row import OpinionRow


class GetMyReviewsResponse200(TypedDict):
    """As the office has it."""

    items: list[OpinionRow]
    next_cursor: None | str
