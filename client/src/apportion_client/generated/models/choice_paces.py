from __future__ import annotations

from typing import TypedDict


class ChoicePaces(TypedDict):
    """As the office has it."""
