from __future__ import annotations

from typing import TypedDict


class RequestAnswerContent(TypedDict):
    """As the office has it."""
