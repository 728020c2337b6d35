from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class Adopt(TypedDict):
    """How a slate is adopted."""

    tie_reason: NotRequired[str]
    hold: NotRequired[bool]
