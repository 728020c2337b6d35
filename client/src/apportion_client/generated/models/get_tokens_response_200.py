from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.token_row import TokenRow


class GetTokensResponse200(TypedDict):
    """As the office has it."""

    items: list[TokenRow]
    next_cursor: None | str
