from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class ConflictRow(TypedDict):
    """As the office has it."""

    request: NotRequired[None | str]
    reviewer: NotRequired[None | str]
    ground: NotRequired[None | str]
    why: NotRequired[None | str]
