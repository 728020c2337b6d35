from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


ImportRow = TypedDict(
    "ImportRow",
    {
        "imported_at": "NotRequired[None | str]",
        "file": "NotRequired[None | str]",
        "format": "NotRequired[None | str]",
        "rows": "NotRequired[int | None]",
        "jobs": "NotRequired[int | None]",
        "added": "NotRequired[int | None]",
        "repeats": "NotRequired[int | None]",
        "rejects": "NotRequired[int | None]",
        "by": "NotRequired[None | str]",
    },
)
