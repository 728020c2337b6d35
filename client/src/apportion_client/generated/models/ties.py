from __future__ import annotations

from typing import TypedDict


class Ties(TypedDict):
    """A list of ties, as CSV: kind (manager, team, coauthor), person, with, year, title."""

    csv: str
