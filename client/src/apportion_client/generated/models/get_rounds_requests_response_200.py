from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.request_row import RequestRow


class GetRoundsRequestsResponse200(TypedDict):
    """As the office has it."""

    items: list[RequestRow]
    next_cursor: None | str
