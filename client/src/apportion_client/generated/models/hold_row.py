from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class HoldRow(TypedDict):
    """As the office has it."""

    cluster: NotRequired[None | str]
    job: NotRequired[None | str]
    project: NotRequired[None | str]
    resource: NotRequired[None | str]
    hours: NotRequired[None | str]
    unit_seconds: NotRequired[int | None]
    placed_at: NotRequired[None | str]
    until: NotRequired[None | str]
