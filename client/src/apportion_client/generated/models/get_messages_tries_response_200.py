from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.try_row import TryRow


class GetMessagesTriesResponse200(TypedDict):
    """As the office has it."""

    items: list[TryRow]
    next_cursor: None | str
