from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.delegation_row import DelegationRow


class GetDelegationsResponse200(TypedDict):
    """As the office has it."""

    items: list[DelegationRow]
    next_cursor: None | str
