from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.project_answer import ProjectAnswer


class GetProjectsResponse200(TypedDict):
    """As the office has it."""

    items: list[ProjectAnswer]
    next_cursor: None | str
