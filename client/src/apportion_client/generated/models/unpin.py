from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class Unpin(TypedDict):
    """A request that goes back to the engine."""

    ref: str
    seen: NotRequired[int]
    dry_run: NotRequired[bool]
