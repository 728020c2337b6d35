from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class AppealRow(TypedDict):
    """As the office has it."""

    ref: NotRequired[None | str]
    request: NotRequired[None | str]
    area: NotRequired[None | str]
    ground: NotRequired[None | str]
    state: NotRequired[None | str]
    filed_at: NotRequired[None | str]
    answer_by: NotRequired[None | str]
    over_at: NotRequired[None | str]
