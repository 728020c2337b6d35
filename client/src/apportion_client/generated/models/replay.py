from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class Replay(TypedDict):
    """Whether to say only what would be booked."""

    dry_run: NotRequired[bool]
