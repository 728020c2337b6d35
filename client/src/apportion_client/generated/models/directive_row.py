from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


DirectiveRow = TypedDict(
    "DirectiveRow",
    {
        "directive": "NotRequired[None | str]",
        "state": "NotRequired[None | str]",
        "for": "NotRequired[None | str]",
        "from": "NotRequired[None | str]",
        "until": "NotRequired[None | str]",
        "payback_by": "NotRequired[None | str]",
        "resource": "NotRequired[None | str]",
        "lent": "NotRequired[None | str]",
        "owed": "NotRequired[None | str]",
        "premium": "NotRequired[None | str]",
        "premium_paid": "NotRequired[None | str]",
        "purpose": "NotRequired[None | str]",
    },
)
