from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.team_row import TeamRow


class GetTeamsResponse200(TypedDict):
    """As the office has it."""

    items: list[TeamRow]
    next_cursor: None | str
