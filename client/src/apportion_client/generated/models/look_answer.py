from __future__ import annotations

from typing import TypedDict


class LookAnswer(TypedDict):
    """What a look saw."""

    look: int
    runs: int
    difference: float
    low: float
    high: float
    z: float
    boundary: float
    ending: str
