from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.use_row import UseRow


class GetUsageResponse200(TypedDict):
    """As the office has it."""

    items: list[UseRow]
    next_cursor: None | str
