from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.group_row import GroupRow


class GetGroupsResponse200(TypedDict):
    """As the office has it."""

    items: list[GroupRow]
    next_cursor: None | str
