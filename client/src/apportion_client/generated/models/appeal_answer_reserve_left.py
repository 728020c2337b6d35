from __future__ import annotations

from typing import TypedDict


class AppealAnswerReserveLeft(TypedDict):
    """As the office has it."""
