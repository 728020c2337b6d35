from __future__ import annotations

from typing import TypedDict


class BalanceRow(TypedDict):
    """What a project was granted of a resource, used and has left."""

    project: str
    resource: str
    unit: str
    granted: int
    used: int
    overrun: int
    left: int
