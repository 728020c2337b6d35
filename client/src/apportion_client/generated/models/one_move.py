from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    from ..models.moved import Moved


class OneMove(TypedDict):
    """Something to move by hand; `to` is in base units."""

    moved: Moved
    owner: NotRequired[str]
    resource: NotRequired[str]
    to: NotRequired[int]
