from __future__ import annotations

from typing import TypedDict


class Turn(TypedDict):
    """Whether a webhook or room is told."""

    on: bool
