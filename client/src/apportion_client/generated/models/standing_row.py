from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class StandingRow(TypedDict):
    """As the office has it."""

    name: NotRequired[None | str]
    asked: NotRequired[None | str]
    awarded: NotRequired[None | str]
    used: NotRequired[None | str]
    overrun: NotRequired[None | str]
    left: NotRequired[None | str]
    ran_dry_at: NotRequired[None | str]
