from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class AppealStatsRow(TypedDict):
    """As the office has it."""

    area: NotRequired[None | str]
    ruled: NotRequired[int | None]
    overturned: NotRequired[int | None]
    rate: NotRequired[None | str]
    low: NotRequired[None | str]
    high: NotRequired[None | str]
