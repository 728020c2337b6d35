from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    import datetime


class Explanation(TypedDict):
    """Where a difference comes from."""

    account: str
    day: datetime.date
    because: str
