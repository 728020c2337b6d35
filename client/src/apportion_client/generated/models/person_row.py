from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class PersonRow(TypedDict):
    """As the office has it."""

    username: NotRequired[None | str]
    name: NotRequired[None | str]
    roles: NotRequired[None | str]
    teams: NotRequired[None | str]
    manager: NotRequired[None | str]
