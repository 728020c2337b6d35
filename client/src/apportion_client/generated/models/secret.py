from __future__ import annotations

from typing import TypedDict


class Secret(TypedDict):
    """A token that was made; its text is told this once."""

    ref: str
    token: str
    expires_at: str
