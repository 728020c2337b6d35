from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.compared_row import ComparedRow


class ComparedAnswer(TypedDict):
    """Who gains, who loses, and what it comes to; amounts in display units."""

    sentences: list[str]
    moved: list[ComparedRow]
    slate: int | None
