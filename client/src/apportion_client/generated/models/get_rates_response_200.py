from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from ..models.rates_row import RatesRow


class GetRatesResponse200(TypedDict):
    """As the office has it."""

    items: list[RatesRow]
    next_cursor: None | str
