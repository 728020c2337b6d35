from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class QueuePlanAnswer(TypedDict):
    """What differs between the books and Kueue."""

    matches: bool
    reasons: list[str]
    failures: NotRequired[list[str]]
