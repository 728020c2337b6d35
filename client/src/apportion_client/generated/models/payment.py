from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class Payment(TypedDict):
    """How much comes back; without it, all."""

    amount: NotRequired[int | None]
    key: NotRequired[str]
