from __future__ import annotations

from typing import TypedDict


class LapseRow(TypedDict):
    """What an account loses when a period closes. Units: base units."""

    kind: str
    owner: str
    resource: str
    before: int
    lapses: int
    remains: int
