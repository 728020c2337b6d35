from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.suspense_row import SuspenseRow


class GetUsageSuspenseResponse200(TypedDict):
    """As the office has it."""

    items: list[SuspenseRow]
    next_cursor: None | str
