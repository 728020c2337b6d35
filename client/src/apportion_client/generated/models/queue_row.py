from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class QueueRow(TypedDict):
    """As the office has it."""

    cluster: NotRequired[None | str]
    kind: NotRequired[None | str]
    name: NotRequired[None | str]
    project: NotRequired[None | str]
    stop: NotRequired[None | str]
    quotas: NotRequired[None | str]
    in_force: NotRequired[bool | None]
    read_at: NotRequired[None | str]
    why: NotRequired[None | str]
