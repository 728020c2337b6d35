from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class Force(TypedDict):
    """Whether to take over fields that somebody else set."""

    force: NotRequired[bool]
