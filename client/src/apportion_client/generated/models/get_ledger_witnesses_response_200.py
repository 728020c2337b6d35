from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.witness_row import WitnessRow


class GetLedgerWitnessesResponse200(TypedDict):
    """As the office has it."""

    items: list[WitnessRow]
    next_cursor: None | str
