from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class Sync(TypedDict):
    """How a cluster is read."""

    since: NotRequired[None | str]
    overlap_hours: NotRequired[int]
    dry_run: NotRequired[bool]
