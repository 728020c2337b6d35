from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class GroupRow(TypedDict):
    """As the office has it."""

    group: NotRequired[None | str]
    role: NotRequired[None | str]
