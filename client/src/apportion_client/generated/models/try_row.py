from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


TryRow = TypedDict(
    "TryRow",
    {
        "try": "NotRequired[int | None]",
        "at": "NotRequired[None | str]",
        "verdict": "NotRequired[None | str]",
        "words": "NotRequired[None | str]",
    },
)
