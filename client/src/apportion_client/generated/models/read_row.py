from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class ReadRow(TypedDict):
    """As the office has it."""

    name: NotRequired[None | str]
    score_hundredths: NotRequired[int | None]
    minimum_percent: NotRequired[int | None]
    comment: NotRequired[None | str]
