from __future__ import annotations

from typing import TypedDict


class RequestAnswerAwarded(TypedDict):
    """As the office has it."""
