from __future__ import annotations

from typing import TypedDict


class DirectiveStep(TypedDict):
    """One step of a directive."""

    verb: str
    after: str
    at: str
