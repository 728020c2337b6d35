from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    pass


class Decider(TypedDict):
    """Somebody who decides, decided, or stepped down."""

    person: str
    signed_at: None | str
    recused_at: None | str
