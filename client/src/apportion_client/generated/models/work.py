from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class Work(TypedDict):
    """Something that two people wrote together."""

    first: str
    second: str
    year: int
    title: NotRequired[str]
