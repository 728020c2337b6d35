from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.progress_row import ProgressRow


class GetProjectsProgressResponse200(TypedDict):
    """As the office has it."""

    items: list[ProgressRow]
    next_cursor: None | str
