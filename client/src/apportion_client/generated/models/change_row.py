from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class ChangeRow(TypedDict):
    """As the office has it."""

    ref: NotRequired[None | str]
    what: NotRequired[None | str]
    project: NotRequired[None | str]
    other: NotRequired[None | str]
    resource: NotRequired[None | str]
    amount: NotRequired[None | str]
    state: NotRequired[None | str]
    asked_at: NotRequired[None | str]
    answer_by: NotRequired[None | str]
    answered_at: NotRequired[None | str]
