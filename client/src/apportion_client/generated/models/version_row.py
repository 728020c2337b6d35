from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class VersionRow(TypedDict):
    """As the office has it."""

    number: NotRequired[int | None]
    saved_at: NotRequired[None | str]
    saved_by: NotRequired[None | str]
    set_aside: NotRequired[bool | None]
