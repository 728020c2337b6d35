from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class DifferenceRow(TypedDict):
    """As the office has it."""

    day: NotRequired[None | str]
    cluster: NotRequired[None | str]
    account: NotRequired[None | str]
    resource: NotRequired[None | str]
    posted: NotRequired[int | None]
    scheduler: NotRequired[int | None]
    difference: NotRequired[int | None]
    in_suspense: NotRequired[bool | None]
    reason: NotRequired[None | str]
