from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    from ..models.new_request_amounts import NewRequestAmounts


NewRequest = TypedDict(
    "NewRequest",
    {
        "round": "str",
        "project": "str",
        "title": "str",
        "question": "str",
        "amounts": "NewRequestAmounts",
        "if_minimum": "NotRequired[str]",
        "is_draft": "NotRequired[bool]",
    },
)
