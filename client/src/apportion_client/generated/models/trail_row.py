from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


TrailRow = TypedDict(
    "TrailRow",
    {
        "at": "NotRequired[None | str]",
        "by": "NotRequired[None | str]",
        "for": "NotRequired[None | str]",
        "verb": "NotRequired[None | str]",
        "words": "NotRequired[None | str]",
    },
)
