from __future__ import annotations

from typing import TypedDict


class AppealStep(TypedDict):
    """One step of an appeal."""

    at: str
    verb: str
    after: str
