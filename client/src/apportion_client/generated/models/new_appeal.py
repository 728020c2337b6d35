from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    from ..models.ground import Ground
    from ..models.new_appeal_ask import NewAppealAsk
    from ..models.new_appeal_minimum import NewAppealMinimum


class NewAppeal(TypedDict):
    """An appeal to file."""

    request: str
    ground: Ground
    words: str
    minimum: NotRequired[NewAppealMinimum]
    ask: NotRequired[NewAppealAsk]
