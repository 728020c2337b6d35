from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.version_row import VersionRow


class GetRequestsVersionsResponse200(TypedDict):
    """As the office has it."""

    items: list[VersionRow]
    next_cursor: None | str
