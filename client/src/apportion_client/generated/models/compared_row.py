from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class ComparedRow(TypedDict):
    """As the office has it."""

    request: NotRequired[None | str]
    before: NotRequired[None | str]
    after: NotRequired[None | str]
    resource: NotRequired[None | str]
    amount_before: NotRequired[None | str]
    amount_after: NotRequired[None | str]
