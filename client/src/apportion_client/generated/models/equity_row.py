from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class EquityRow(TypedDict):
    """As the office has it."""

    concern: NotRequired[None | str]
    subject: NotRequired[None | str]
    area: NotRequired[None | str]
    evidence: NotRequired[None | str]
