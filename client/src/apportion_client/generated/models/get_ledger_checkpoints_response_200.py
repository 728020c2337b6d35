from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.checkpoint_row import CheckpointRow


class GetLedgerCheckpointsResponse200(TypedDict):
    """As the office has it."""

    items: list[CheckpointRow]
    next_cursor: None | str
