from __future__ import annotations

from typing import TypedDict


class NewAppealAsk(TypedDict):
    """Base units by resource."""
