from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class WaitingRow(TypedDict):
    """As the office has it."""

    kind: NotRequired[None | str]
    words: NotRequired[None | str]
    act: NotRequired[None | str]
    due_at: NotRequired[None | str]
    since_at: NotRequired[None | str]
    path: NotRequired[None | str]
    key: NotRequired[None | str]
