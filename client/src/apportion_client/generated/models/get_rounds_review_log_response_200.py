from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.review_log_row import ReviewLogRow


class GetRoundsReviewLogResponse200(TypedDict):
    """As the office has it."""

    items: list[ReviewLogRow]
    next_cursor: None | str
