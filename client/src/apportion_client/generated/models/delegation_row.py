from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class DelegationRow(TypedDict):
    """As the office has it."""

    number: NotRequired[int | None]
    giver: NotRequired[None | str]
    taker: NotRequired[None | str]
    why: NotRequired[None | str]
    starts_at: NotRequired[None | str]
    ends_at: NotRequired[None | str]
    revoked_at: NotRequired[None | str]
