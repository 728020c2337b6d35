from __future__ import annotations

from typing import TypedDict


class ProblemErrorsItem(TypedDict):
    """As the office has it."""
