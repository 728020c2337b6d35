from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.check_row import CheckRow


class GetFastlaneChecksResponse200(TypedDict):
    """As the office has it."""

    items: list[CheckRow]
    next_cursor: None | str
