from __future__ import annotations

from typing import TypedDict


class Reason(TypedDict):
    """Why."""

    reason: str
