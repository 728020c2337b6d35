from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class RejectRow(TypedDict):
    """As the office has it."""

    seen_at: NotRequired[None | str]
    cluster: NotRequired[None | str]
    state: NotRequired[None | str]
    field: NotRequired[None | str]
    what: NotRequired[None | str]
    text: NotRequired[None | str]
