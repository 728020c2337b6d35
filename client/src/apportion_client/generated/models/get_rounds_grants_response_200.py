from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.grant_row import GrantRow


class GetRoundsGrantsResponse200(TypedDict):
    """As the office has it."""

    items: list[GrantRow]
    next_cursor: None | str
