from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    import datetime


class NewRates(TypedDict):
    """A rates.toml, and the first UTC day that it prices."""

    toml: str
    starts_on: datetime.date
    dry_run: NotRequired[bool]
