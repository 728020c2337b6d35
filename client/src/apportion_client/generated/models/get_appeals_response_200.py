from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.appeal_row import AppealRow


class GetAppealsResponse200(TypedDict):
    """As the office has it."""

    items: list[AppealRow]
    next_cursor: None | str
