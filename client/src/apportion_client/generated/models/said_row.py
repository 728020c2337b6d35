from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    pass


SaidRow = TypedDict(
    "SaidRow",
    {
        "request": "str",
        "round": "str",
        "area": "str",
        "outcome": "str",
        "may_be_told": "bool | None",
        "said_at": "None | str",
    },
)
