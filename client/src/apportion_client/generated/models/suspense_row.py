from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class SuspenseRow(TypedDict):
    """As the office has it."""

    account: NotRequired[None | str]
    resource: NotRequired[None | str]
    charges: NotRequired[int | None]
    hours: NotRequired[None | str]
    unit_seconds: NotRequired[int | None]
