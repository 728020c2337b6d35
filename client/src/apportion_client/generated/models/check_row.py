from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class CheckRow(TypedDict):
    """As the office has it."""

    request: NotRequired[None | str]
    project: NotRequired[None | str]
    drawn_at: NotRequired[None | str]
    finding: NotRequired[None | str]
    checked_by: NotRequired[None | str]
    note: NotRequired[None | str]
