from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class ChasedRow(TypedDict):
    """As the office has it."""

    request: NotRequired[None | str]
    reviewer: NotRequired[None | str]
    assigned_at: NotRequired[None | str]
