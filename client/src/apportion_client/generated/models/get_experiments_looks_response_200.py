from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.look_row import LookRow


class GetExperimentsLooksResponse200(TypedDict):
    """As the office has it."""

    items: list[LookRow]
    next_cursor: None | str
