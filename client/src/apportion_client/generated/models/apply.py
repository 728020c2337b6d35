from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class Apply(TypedDict):
    """Which plan was read; no newer one is applied."""

    generation: NotRequired[int | None]
