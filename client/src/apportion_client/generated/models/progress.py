from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class Progress(TypedDict):
    """A report; its figures come from the books."""

    done: str
    outcomes: NotRequired[str]
    coming: NotRequired[str]
