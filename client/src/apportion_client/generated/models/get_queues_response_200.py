from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.queue_row import QueueRow


class GetQueuesResponse200(TypedDict):
    """As the office has it."""

    items: list[QueueRow]
    next_cursor: None | str
