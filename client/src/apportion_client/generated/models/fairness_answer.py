from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.treated_row import TreatedRow


class FairnessAnswer(TypedDict):
    """How a slate treats the areas."""

    sentences: list[str]
    areas: list[TreatedRow]
