from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class Given(TypedDict):
    """The days of a round; reviews are due half way, appeals last two weeks where none are said."""

    requests_close_at: str
    decision_at: str
    credits_start_at: str
    credits_end_at: str
    reviews_due_at: NotRequired[None | str]
    appeals_until_at: NotRequired[None | str]
