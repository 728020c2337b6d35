from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.diff_row import DiffRow


class GetRequestsDiffResponse200(TypedDict):
    """As the office has it."""

    items: list[DiffRow]
    next_cursor: None | str
