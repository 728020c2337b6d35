from __future__ import annotations

from typing import TypedDict


class Subject(TypedDict):
    """By whom the lab's sign-in knows a person."""

    subject: str
