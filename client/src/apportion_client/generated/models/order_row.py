from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class OrderRow(TypedDict):
    """As the office has it."""

    cluster: NotRequired[None | str]
    generation: NotRequired[int | None]
    by: NotRequired[None | str]
    at: NotRequired[None | str]
    steps: NotRequired[int | None]
    failures: NotRequired[int | None]
    in_force_at: NotRequired[None | str]
