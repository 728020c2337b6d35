from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class ReviewLogRow(TypedDict):
    """As the office has it."""

    at: NotRequired[None | str]
    request: NotRequired[None | str]
    kind: NotRequired[None | str]
    person: NotRequired[None | str]
    by: NotRequired[None | str]
    words: NotRequired[None | str]
