from __future__ import annotations

from typing import TypedDict


class Seed(TypedDict):
    """The seed whose hash was published."""

    seed: str
