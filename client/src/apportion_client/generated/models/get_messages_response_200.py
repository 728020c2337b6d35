from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.message_row import MessageRow


class GetMessagesResponse200(TypedDict):
    """As the office has it."""

    items: list[MessageRow]
    next_cursor: None | str
