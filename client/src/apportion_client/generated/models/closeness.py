from __future__ import annotations

from typing import TypedDict


class Closeness(TypedDict):
    """What ties one to somebody."""

    about: str
    ground: str
