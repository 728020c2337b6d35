from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class AskedRow(TypedDict):
    """As the office has it."""

    request: NotRequired[None | str]
    reviewer: NotRequired[None | str]
    fit: NotRequired[float | None]
    stands: NotRequired[None | str]
