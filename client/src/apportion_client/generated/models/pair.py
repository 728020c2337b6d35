from __future__ import annotations

from typing import TypedDict


class Pair(TypedDict):
    """A request and who reads it."""

    request: str
    reviewer: str
