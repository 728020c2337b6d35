from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class Colleague(TypedDict):
    """A colleague to ask, and what for."""

    who: str
    words: NotRequired[str]
