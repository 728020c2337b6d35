from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class Lend(TypedDict):
    """Roles lent to somebody for some days."""

    to: str
    why: str
    days: NotRequired[int]
