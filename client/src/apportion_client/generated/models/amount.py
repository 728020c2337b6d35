from __future__ import annotations

from typing import TypedDict


class Amount(TypedDict):
    """What is asked of one resource, in base units: seconds of one unit."""

    resource: str
    minimum: int
    ask: int
