from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.read_row import ReadRow


class GetRequestsReadResponse200(TypedDict):
    """As the office has it."""

    items: list[ReadRow]
    next_cursor: None | str
