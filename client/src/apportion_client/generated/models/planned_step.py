from __future__ import annotations

from typing import TypedDict


class PlannedStep(TypedDict):
    """One order that would mend a difference, and why."""

    association: str
    verb: str
    reason: str
