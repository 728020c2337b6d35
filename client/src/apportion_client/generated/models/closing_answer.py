from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.lapse_row import LapseRow


class ClosingAnswer(TypedDict):
    """What a close did, or would do."""

    ref: str
    state: str
    lapses: list[LapseRow]
    returns: int
    differences: int
