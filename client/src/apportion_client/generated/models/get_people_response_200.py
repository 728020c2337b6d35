from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.person_row import PersonRow


class GetPeopleResponse200(TypedDict):
    """As the office has it."""

    items: list[PersonRow]
    next_cursor: None | str
