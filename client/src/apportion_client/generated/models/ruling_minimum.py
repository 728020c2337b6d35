from __future__ import annotations

from typing import TypedDict


class RulingMinimum(TypedDict):
    """Base units by resource."""
