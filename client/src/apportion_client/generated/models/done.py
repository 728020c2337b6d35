from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class Done(TypedDict):
    """What came of an act."""

    ref: str
    state: str
    words: NotRequired[str]
