from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class NoticeRow(TypedDict):
    """As the office has it."""

    ref: NotRequired[None | str]
    project: NotRequired[None | str]
    stage: NotRequired[None | str]
    noticed_at: NotRequired[None | str]
    last_day: NotRequired[None | str]
    replied: NotRequired[None | str]
    confirmed_at: NotRequired[None | str]
