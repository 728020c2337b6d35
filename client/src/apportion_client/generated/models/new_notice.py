from __future__ import annotations

from typing import TypedDict


class NewNotice(TypedDict):
    """The end of a project, announced."""

    project: str
    reason: str
    last_day: str
