from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.as_of_row import AsOfRow


class GetLedgerAsofResponse200(TypedDict):
    """As the office has it."""

    items: list[AsOfRow]
    next_cursor: None | str
