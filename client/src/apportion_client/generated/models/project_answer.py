from __future__ import annotations

from typing import TypedDict


class ProjectAnswer(TypedDict):
    """A project."""

    slug: str
    title: str
    area: str
    lead: str
