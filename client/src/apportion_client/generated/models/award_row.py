from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class AwardRow(TypedDict):
    """As the office has it."""

    request: NotRequired[None | str]
    outcome: NotRequired[None | str]
    resource: NotRequired[None | str]
    amount: NotRequired[None | str]
    reason: NotRequired[None | str]
    nearest_way_in: NotRequired[None | str]
