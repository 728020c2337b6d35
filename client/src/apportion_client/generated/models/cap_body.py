from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class CapBody(TypedDict):
    """How much a member may ever use of a resource; null lifts the cap."""

    resource: str
    amount: int | None
    ends_at: NotRequired[None | str]
