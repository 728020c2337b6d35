from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


PeriodRow = TypedDict(
    "PeriodRow",
    {
        "name": "NotRequired[None | str]",
        "starts_at": "NotRequired[None | str]",
        "ends_at": "NotRequired[None | str]",
        "state": "NotRequired[None | str]",
        "round": "NotRequired[None | str]",
        "closed_at": "NotRequired[None | str]",
        "closed_by": "NotRequired[None | str]",
        "journal_size": "NotRequired[int | None]",
    },
)
