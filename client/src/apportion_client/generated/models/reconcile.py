from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    import datetime


class Reconcile(TypedDict):
    """The first day; without it, the last three."""

    since: NotRequired[datetime.date | None]
