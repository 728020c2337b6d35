from __future__ import annotations

from typing import TypedDict


class UrgentPool(TypedDict):
    """What it may give, in base units."""
