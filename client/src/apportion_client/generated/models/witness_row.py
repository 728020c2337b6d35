from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class WitnessRow(TypedDict):
    """As the office has it."""

    name: NotRequired[None | str]
    witness: NotRequired[None | str]
    signed: NotRequired[int | None]
    key: NotRequired[None | str]
