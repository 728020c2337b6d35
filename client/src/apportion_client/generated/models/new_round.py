from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    from ..models.given import Given


class NewRound(TypedDict):
    """A round that is planned, or opened at once."""

    slug: str
    policy: str
    dates: Given
    name: NotRequired[str]
    opens_at: NotRequired[None | str]
