from __future__ import annotations

from typing import TypedDict


class Asked(TypedDict):
    """An amount to ask for, in base units: seconds of one unit."""

    minimum: int
    ask: int
