from __future__ import annotations

from typing import TypedDict


class HoldBack(TypedDict):
    """An outcome that is not told with the batch."""

    ref: str
    why: str
    until: str
