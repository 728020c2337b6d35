from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


Ask = TypedDict(
    "Ask",
    {
        "round": "str",
        "runs": "NotRequired[int | None]",
    },
)
