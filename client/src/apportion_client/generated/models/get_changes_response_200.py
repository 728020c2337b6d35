from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.change_row import ChangeRow


class GetChangesResponse200(TypedDict):
    """As the office has it."""

    items: list[ChangeRow]
    next_cursor: None | str
