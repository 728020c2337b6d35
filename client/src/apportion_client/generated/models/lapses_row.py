from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class LapsesRow(TypedDict):
    """As the office has it."""

    kind: NotRequired[None | str]
    owner: NotRequired[None | str]
    resource: NotRequired[None | str]
    before: NotRequired[None | str]
    lapses: NotRequired[None | str]
    remains: NotRequired[None | str]
