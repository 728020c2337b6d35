from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    pass


class Me(TypedDict):
    """Who calls, as the office knows them."""

    username: str
    name: str
    roles: list[str]
    scopes: list[str] | None
