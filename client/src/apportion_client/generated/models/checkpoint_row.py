from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class CheckpointRow(TypedDict):
    """As the office has it."""

    size: NotRequired[int | None]
    made_at: NotRequired[None | str]
    root: NotRequired[None | str]
    signers: NotRequired[None | str]
