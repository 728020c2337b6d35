from __future__ import annotations

from typing import TypedDict


class Recusal(TypedDict):
    """Why one steps down."""

    why: str
