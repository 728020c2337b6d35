from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    pass


class TrancheRow(TypedDict):
    """A part of an award. Units: base units."""

    number: int
    resource: str
    amount: int
    runs: int
    state: str
    changed_at: None | str
