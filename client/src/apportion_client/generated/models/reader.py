from __future__ import annotations

from typing import TypedDict


class Reader(TypedDict):
    """Who is to read."""

    reviewer: str
