from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    from ..models.moved import Moved


class PlanMove(TypedDict):
    """One move in the board's plan."""

    moved: Moved
    why: str
    owner: NotRequired[str]
    resource: NotRequired[str]
    to: NotRequired[int]
    seen: NotRequired[int]
    dry_run: NotRequired[bool]
