from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.waiting_row import WaitingRow


class GetInboxResponse200(TypedDict):
    """As the office has it."""

    items: list[WaitingRow]
    next_cursor: None | str
