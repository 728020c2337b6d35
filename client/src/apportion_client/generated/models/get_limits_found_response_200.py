from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.found_row import FoundRow


class GetLimitsFoundResponse200(TypedDict):
    """As the office has it."""

    items: list[FoundRow]
    next_cursor: None | str
