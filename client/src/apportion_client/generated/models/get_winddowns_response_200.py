from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.notice_row import NoticeRow


class GetWinddownsResponse200(TypedDict):
    """As the office has it."""

    items: list[NoticeRow]
    next_cursor: None | str
