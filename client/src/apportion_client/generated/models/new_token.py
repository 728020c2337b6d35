from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    pass


class NewToken(TypedDict):
    """A token to make."""

    name: str
    scopes: list[str]
    days: int
