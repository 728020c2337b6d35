from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class TreatedRow(TypedDict):
    """As the office has it."""

    area: NotRequired[None | str]
    requests: NotRequired[int | None]
    approved: NotRequired[int | None]
    rate: NotRequired[None | str]
    rate_p: NotRequired[None | str]
    mean_cut: NotRequired[None | str]
    cut_p: NotRequired[None | str]
