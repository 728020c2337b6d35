from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class Which(TypedDict):
    """Whose words are erased: of a transfer, or of all that was posted with it."""

    which: str
    posting: NotRequired[bool]
