from __future__ import annotations

from typing import TypedDict


class NewAppealMinimum(TypedDict):
    """Base units by resource."""
