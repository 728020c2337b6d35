from __future__ import annotations

from typing import TypedDict


class PreviewAnswerDocument(TypedDict):
    """As the office has it."""
