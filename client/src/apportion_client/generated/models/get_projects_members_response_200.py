from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.member_answer import MemberAnswer


class GetProjectsMembersResponse200(TypedDict):
    """As the office has it."""

    items: list[MemberAnswer]
    next_cursor: None | str
