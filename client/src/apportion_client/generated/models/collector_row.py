from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class CollectorRow(TypedDict):
    """As the office has it."""

    cluster: NotRequired[None | str]
    covered_until: NotRequired[None | str]
    synced_at: NotRequired[None | str]
    overlap_hours: NotRequired[int | None]
    trouble: NotRequired[None | str]
