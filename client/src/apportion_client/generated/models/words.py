from __future__ import annotations

from typing import TypedDict


class Words(TypedDict):
    """A reply."""

    words: str
