from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.endpoint_row import EndpointRow


class GetWebhooksResponse200(TypedDict):
    """As the office has it."""

    items: list[EndpointRow]
    next_cursor: None | str
