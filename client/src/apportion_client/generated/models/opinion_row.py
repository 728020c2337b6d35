from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    pass


class OpinionRow(TypedDict):
    """An opinion. Units: hundredths of a point."""

    request: str
    reviewer: None | str
    score_hundredths: int | None
    minimum_percent: int | None
    comment: str
