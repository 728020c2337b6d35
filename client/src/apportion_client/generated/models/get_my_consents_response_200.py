from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.said_row import SaidRow


class GetMyConsentsResponse200(TypedDict):
    """As the office has it."""

    items: list[SaidRow]
    next_cursor: None | str
