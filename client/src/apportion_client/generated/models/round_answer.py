from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    pass


class RoundAnswer(TypedDict):
    """A round: its state, its milestones and what its call asks."""

    slug: str
    name: str
    kind: str
    state: str
    requests_close_at: str
    reviews_due_at: str
    decision_at: str
    appeals_until_at: str
    credits_start_at: str
    credits_end_at: str
    eligible_roles: list[str]
    eligible_areas: list[str]
    questions: list[str]
    fast_lane: bool
