from __future__ import annotations

from typing import TypedDict


class PilotAmounts(TypedDict):
    """As the office has it."""
