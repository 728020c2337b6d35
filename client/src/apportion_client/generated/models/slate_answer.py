from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    pass


class SlateAnswer(TypedDict):
    """A slate. The SHA-256 is that of its decision file."""

    number: int
    state: str
    proposed_by: str
    proposed_at: str
    adopted_at: None | str
    overrides: int
    sha256: str
