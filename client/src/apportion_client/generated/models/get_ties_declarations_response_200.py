from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.declaration_row import DeclarationRow


class GetTiesDeclarationsResponse200(TypedDict):
    """As the office has it."""

    items: list[DeclarationRow]
    next_cursor: None | str
