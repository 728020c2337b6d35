from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.change_step import ChangeStep


class ChangeAnswer(TypedDict):
    """A change that was asked for. Units: amount in base units."""

    ref: str
    what: str
    project: str
    other: None | str
    resource: str
    amount: int
    until_at: None | str
    state: str
    why: str
    answer: str
    steps: list[ChangeStep]
