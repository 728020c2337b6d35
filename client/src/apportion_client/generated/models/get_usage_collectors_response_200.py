from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.collector_row import CollectorRow


class GetUsageCollectorsResponse200(TypedDict):
    """As the office has it."""

    items: list[CollectorRow]
    next_cursor: None | str
