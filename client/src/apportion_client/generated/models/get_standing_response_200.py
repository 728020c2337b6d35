from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.beside_row import BesideRow


class GetStandingResponse200(TypedDict):
    """As the office has it."""

    items: list[BesideRow]
    next_cursor: None | str
