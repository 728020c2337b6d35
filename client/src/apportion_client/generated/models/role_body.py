from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    from ..models.kind import Kind


RoleBody = TypedDict(
    "RoleBody",
    {
        "role": "Kind",
        "round": "NotRequired[str]",
        "area": "NotRequired[str]",
        "drop": "NotRequired[bool]",
    },
)
