from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    pass


class MemberAnswer(TypedDict):
    """One member and one resource. Amounts are in base units; a cap that is null is none."""

    username: str
    name: str
    role: str
    resource: str
    used: int
    cap: int | None
    left: int | None
    ends_at: None | str
    set_by: str
