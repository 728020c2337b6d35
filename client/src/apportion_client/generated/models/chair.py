from __future__ import annotations

from typing import TypedDict


class Chair(TypedDict):
    """Who is to decide."""

    person: str
