from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


NewPeriod = TypedDict(
    "NewPeriod",
    {
        "name": "str",
        "round": "NotRequired[None | str]",
        "starts_at": "NotRequired[None | str]",
        "ends_at": "NotRequired[None | str]",
    },
)
