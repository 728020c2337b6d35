from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class TeamRow(TypedDict):
    """As the office has it."""

    slug: NotRequired[None | str]
    name: NotRequired[None | str]
    conflict: NotRequired[bool | None]
    members: NotRequired[None | str]
