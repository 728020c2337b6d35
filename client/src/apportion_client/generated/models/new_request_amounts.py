from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    pass


class NewRequestAmounts(TypedDict):
    """As the office has it."""
