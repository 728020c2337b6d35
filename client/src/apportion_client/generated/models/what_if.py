from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    from ..models.one_move import OneMove


class WhatIf(TypedDict):
    """Moves to weigh; kept, they make a new slate."""

    moves: list[OneMove]
    why: str
    keep: NotRequired[bool]
