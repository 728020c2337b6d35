from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class CalibrationRow(TypedDict):
    """As the office has it."""

    project: NotRequired[None | str]
    awarded: NotRequired[int | None]
    ended: NotRequired[int | None]
    conclusive: NotRequired[int | None]
    spent_of_estimated: NotRequired[float | None]
    found_of_claimed: NotRequired[float | None]
