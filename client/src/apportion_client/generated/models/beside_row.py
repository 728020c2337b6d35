from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class BesideRow(TypedDict):
    """As the office has it."""

    name: NotRequired[None | str]
    requests: NotRequired[None | str]
    asked: NotRequired[None | str]
    awarded: NotRequired[None | str]
    used: NotRequired[None | str]
    approved: NotRequired[None | str]
    approved_low: NotRequired[None | str]
    approved_high: NotRequired[None | str]
    approved_others: NotRequired[None | str]
    cut: NotRequired[None | str]
    cut_low: NotRequired[None | str]
    cut_high: NotRequired[None | str]
    cut_others: NotRequired[None | str]
    waited_days: NotRequired[None | str]
    waited_low: NotRequired[None | str]
    waited_high: NotRequired[None | str]
    waited_others: NotRequired[None | str]
