from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    pass


class SettingRow(TypedDict):
    """One thing that one may be told of, how soon, and what one may choose."""

    about: str
    words: str
    pace: str
    may: list[str]
