from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.letter_row import LetterRow


class GetRoundsLettersResponse200(TypedDict):
    """As the office has it."""

    items: list[LetterRow]
    next_cursor: None | str
