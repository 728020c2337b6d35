from __future__ import annotations

from typing import TypedDict


class RulingAsk(TypedDict):
    """Base units by resource."""
