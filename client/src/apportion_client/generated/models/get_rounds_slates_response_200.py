from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.slate_row import SlateRow


class GetRoundsSlatesResponse200(TypedDict):
    """As the office has it."""

    items: list[SlateRow]
    next_cursor: None | str
