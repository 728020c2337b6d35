from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class Expertise(TypedDict):
    """What a reviewer knows and how much they can read."""

    keywords: NotRequired[str]
    areas: NotRequired[list[str]]
    most: NotRequired[int | None]
