from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class LimitRow(TypedDict):
    """As the office has it."""

    project: NotRequired[None | str]
    resource: NotRequired[None | str]
    cluster: NotRequired[None | str]
    desired_minutes: NotRequired[int | None]
    read_minutes: NotRequired[int | None]
    applied: NotRequired[bool | None]
    read_at: NotRequired[None | str]
