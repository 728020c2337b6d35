from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.import_row import ImportRow


class GetUsageImportsResponse200(TypedDict):
    """As the office has it."""

    items: list[ImportRow]
    next_cursor: None | str
