from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    from ..models.kind import Kind


class Group(TypedDict):
    """Which role a group of the directory stands for; or no longer."""

    group: str
    role: Kind
    drop: NotRequired[bool]
