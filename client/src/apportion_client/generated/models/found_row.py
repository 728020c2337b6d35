from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class FoundRow(TypedDict):
    """As the office has it."""

    cluster: NotRequired[None | str]
    subject: NotRequired[None | str]
    what: NotRequired[None | str]
    mend: NotRequired[None | str]
