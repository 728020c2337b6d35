from __future__ import annotations

from typing import TypedDict


class CloseUsed(TypedDict):
    """As the office has it."""
