from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class AsOfRow(TypedDict):
    """As the office has it."""

    kind: NotRequired[None | str]
    owner: NotRequired[None | str]
    unit: NotRequired[None | str]
    balance: NotRequired[int | None]
    amount: NotRequired[None | str]
