from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class AlarmRow(TypedDict):
    """As the office has it."""

    alarm: NotRequired[int | None]
    cluster: NotRequired[None | str]
    project: NotRequired[None | str]
    resource: NotRequired[None | str]
    cause: NotRequired[None | str]
    was: NotRequired[int | None]
    now: NotRequired[int | None]
    lost: NotRequired[int | None]
    raised: NotRequired[None | str]
    read_by: NotRequired[None | str]
