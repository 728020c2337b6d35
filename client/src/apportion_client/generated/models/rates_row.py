from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


RatesRow = TypedDict(
    "RatesRow",
    {
        "number": "NotRequired[int | None]",
        "from": "NotRequired[None | str]",
        "sha256": "NotRequired[None | str]",
        "set_at": "NotRequired[None | str]",
        "by": "NotRequired[None | str]",
    },
)
