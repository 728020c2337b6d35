from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class RoundRow(TypedDict):
    """As the office has it."""

    slug: NotRequired[None | str]
    name: NotRequired[None | str]
    kind: NotRequired[None | str]
    state: NotRequired[None | str]
    requests_close_at: NotRequired[None | str]
    decision_at: NotRequired[None | str]
    credits_start_at: NotRequired[None | str]
    credits_end_at: NotRequired[None | str]
