from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.charge_row import ChargeRow


class GetProjectsChargesResponse200(TypedDict):
    """As the office has it."""

    items: list[ChargeRow]
    next_cursor: None | str
