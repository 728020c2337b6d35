from __future__ import annotations

from typing import TypedDict


class OutcomeAnswerAwards(TypedDict):
    """As the office has it."""
