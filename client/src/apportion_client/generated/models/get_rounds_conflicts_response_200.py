from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.conflict_row import ConflictRow


class GetRoundsConflictsResponse200(TypedDict):
    """As the office has it."""

    items: list[ConflictRow]
    next_cursor: None | str
