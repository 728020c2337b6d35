from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    from ..models.choice_paces import ChoicePaces


class Choice(TypedDict):
    """How soon one is told, by what it is about; where mail goes, and when the digest."""

    paces: NotRequired[ChoicePaces]
    address: NotRequired[None | str]
    hour: NotRequired[int | None]
