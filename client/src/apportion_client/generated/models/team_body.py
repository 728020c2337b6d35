from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class TeamBody(TypedDict):
    """A team: who joins, who leaves, whether its members are kept from judging each other."""

    name: NotRequired[str]
    add: NotRequired[list[str]]
    drop: NotRequired[list[str]]
    is_conflict: NotRequired[bool | None]
