from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.lapses_row import LapsesRow


class GetPeriodsLapsesResponse200(TypedDict):
    """As the office has it."""

    items: list[LapsesRow]
    next_cursor: None | str
