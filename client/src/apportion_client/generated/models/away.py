from __future__ import annotations

from typing import TypedDict


class Away(TypedDict):
    """Something that was read."""

    key: str
