from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    from ..models.pair import Pair


class Pairs(TypedDict):
    """Changes to what is suggested; without any, suggestions are made anew."""

    add: NotRequired[list[Pair]]
    drop: NotRequired[list[Pair]]
    send: NotRequired[bool]
    dry_run: NotRequired[bool]
