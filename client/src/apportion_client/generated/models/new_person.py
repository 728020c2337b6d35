from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    from ..models.kind import Kind


class NewPerson(TypedDict):
    """Somebody to add, or more roles for one who is there."""

    username: str
    name: NotRequired[str]
    roles: NotRequired[list[Kind]]
