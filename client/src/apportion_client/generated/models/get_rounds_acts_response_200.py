from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.act_row import ActRow


class GetRoundsActsResponse200(TypedDict):
    """As the office has it."""

    items: list[ActRow]
    next_cursor: None | str
