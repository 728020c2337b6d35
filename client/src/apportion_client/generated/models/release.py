from __future__ import annotations

from typing import TypedDict


class Release(TypedDict):
    """An outcome that goes with the next batch."""

    ref: str
