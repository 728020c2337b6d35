from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.tranche_row import TrancheRow


class GetExperimentsTranchesResponse200(TypedDict):
    """As the office has it."""

    items: list[TrancheRow]
    next_cursor: None | str
