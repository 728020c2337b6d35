from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class MessageRow(TypedDict):
    """As the office has it."""

    id: NotRequired[int | None]
    made_at: NotRequired[None | str]
    to: NotRequired[None | str]
    about: NotRequired[None | str]
    subject: NotRequired[None | str]
    state: NotRequired[None | str]
    tries: NotRequired[int | None]
    next_at: NotRequired[None | str]
    sent_at: NotRequired[None | str]
