from __future__ import annotations

from typing import TypedDict


class GrantRow(TypedDict):
    """A grant. Units: base units, seconds of one unit."""

    project: str
    request: str
    resource: str
    amount: int
    starts_at: str
    ends_at: str
