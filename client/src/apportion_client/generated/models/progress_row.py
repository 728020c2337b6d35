from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


ProgressRow = TypedDict(
    "ProgressRow",
    {
        "round": "NotRequired[None | str]",
        "number": "NotRequired[int | None]",
        "due_at": "NotRequired[None | str]",
        "filed_at": "NotRequired[None | str]",
        "filed_by": "NotRequired[None | str]",
    },
)
