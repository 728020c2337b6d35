from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class StatementRow(TypedDict):
    """As the office has it."""

    seq: NotRequired[int | None]
    effective_at: NotRequired[None | str]
    recorded_at: NotRequired[None | str]
    code: NotRequired[None | str]
    amount: NotRequired[int | None]
    balance: NotRequired[int | None]
    other: NotRequired[None | str]
    note: NotRequired[None | str]
