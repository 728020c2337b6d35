from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.panel_row import PanelRow


class GetRoundsPanelResponse200(TypedDict):
    """As the office has it."""

    items: list[PanelRow]
    next_cursor: None | str
