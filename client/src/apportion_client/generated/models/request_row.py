from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.amount import Amount


RequestRow = TypedDict(
    "RequestRow",
    {
        "ref": "str",
        "round": "str",
        "project": "None | str",
        "area": "str",
        "title": "str",
        "state": "str",
        "version": "int",
        "amounts": "list[Amount]",
    },
)
