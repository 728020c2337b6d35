from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


NewDraft = TypedDict(
    "NewDraft",
    {
        "round": "str",
        "project": "NotRequired[str]",
        "title": "NotRequired[str]",
        "toml": "NotRequired[None | str]",
    },
)
