from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class LetterRow(TypedDict):
    """As the office has it."""

    request: NotRequired[None | str]
    person: NotRequired[None | str]
    kind: NotRequired[None | str]
    subject: NotRequired[None | str]
    written_at: NotRequired[None | str]
    sent_at: NotRequired[None | str]
    body: NotRequired[None | str]
