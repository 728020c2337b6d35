from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class PanelRow(TypedDict):
    """As the office has it."""

    request: NotRequired[None | str]
    title: NotRequired[None | str]
    area: NotRequired[None | str]
    opinions: NotRequired[int | None]
    waiting: NotRequired[int | None]
    wanted: NotRequired[int | None]
    average: NotRequired[None | str]
    low: NotRequired[None | str]
    high: NotRequired[None | str]
    spread: NotRequired[None | str]
    reviewers_minimum_percent: NotRequired[None | str]
    outliers: NotRequired[None | str]
    replied: NotRequired[None | str]
