from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    pass


class DeclarationRow(TypedDict):
    """As the office has it."""

    about: NotRequired[None | str]
    ground: NotRequired[None | str]
    declared_at: NotRequired[None | str]
