from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    from ..models.close_used import CloseUsed


class Close(TypedDict):
    """What the scheduler says was used, in base units by resource."""

    used: NotRequired[CloseUsed]
    dry_run: NotRequired[bool]
