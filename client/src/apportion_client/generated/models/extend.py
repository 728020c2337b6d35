from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class Extend(TypedDict):
    """Runs of each arm, where fewer will do."""

    runs: NotRequired[int | None]
