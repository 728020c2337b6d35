from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class SlateRow(TypedDict):
    """As the office has it."""

    number: NotRequired[int | None]
    state: NotRequired[None | str]
    proposed_by: NotRequired[None | str]
    proposed_at: NotRequired[None | str]
    overrides: NotRequired[int | None]
    price: NotRequired[None | str]
    sha256: NotRequired[None | str]
