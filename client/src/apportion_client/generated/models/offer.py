from __future__ import annotations

from typing import TypedDict


class Offer(TypedDict):
    """Less than the minimum. Units: base units."""

    resource: str
    amount: int
    why: str
