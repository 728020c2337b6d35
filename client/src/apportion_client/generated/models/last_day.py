from __future__ import annotations

from typing import TypedDict


class LastDay(TypedDict):
    """An earlier last day."""

    last_day: str
