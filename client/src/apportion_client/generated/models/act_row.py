from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class ActRow(TypedDict):
    """As the office has it."""

    number: NotRequired[int | None]
    at: NotRequired[None | str]
    who: NotRequired[None | str]
    verb: NotRequired[None | str]
    about: NotRequired[None | str]
    why: NotRequired[None | str]
    slate: NotRequired[int | None]
