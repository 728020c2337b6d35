from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.directive_row import DirectiveRow


class GetDirectivesResponse200(TypedDict):
    """As the office has it."""

    items: list[DirectiveRow]
    next_cursor: None | str
