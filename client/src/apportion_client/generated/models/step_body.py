from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class StepBody(TypedDict):
    """Which slate was seen last."""

    seen: NotRequired[int]
