from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class LookRow(TypedDict):
    """As the office has it."""

    look: NotRequired[int | None]
    runs: NotRequired[int | None]
    difference: NotRequired[None | str]
    low: NotRequired[None | str]
    high: NotRequired[None | str]
    z: NotRequired[None | str]
    boundary: NotRequired[None | str]
    ending: NotRequired[None | str]
    looked_at: NotRequired[None | str]
