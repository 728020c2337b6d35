from __future__ import annotations

from typing import TypedDict

Move = TypedDict(
    "Move",
    {
        "round": "str",
    },
)
