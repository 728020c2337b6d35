from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    from ..models.ruling_ask import RulingAsk
    from ..models.ruling_minimum import RulingMinimum
    from ..models.verb import Verb


class Ruling(TypedDict):
    """A ruling; `percent` of the ask where it is upheld in part, `score` in hundredths."""

    ruling: Verb
    reasons: str
    minimum: NotRequired[RulingMinimum]
    ask: NotRequired[RulingAsk]
    percent: NotRequired[int]
    score_hundredths: NotRequired[int | None]
    dry_run: NotRequired[bool]
