from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.trail_row import TrailRow


class GetPeopleTrailResponse200(TypedDict):
    """As the office has it."""

    items: list[TrailRow]
    next_cursor: None | str
