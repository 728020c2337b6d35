from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class Publish(TypedDict):
    """Whether to say only what would be told."""

    dry_run: NotRequired[bool]
