from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    pass


class Step(TypedDict):
    """Who did what."""

    verb: str
    by: None | str
    at: str
    note: str
