"""What calls of slates take and give."""

from pydantic import AwareDatetime, Field

from apportion.apps.door.calls import Answer, Body, row
from apportion.core.decide.overrides import Moved

Why = Field(min_length=1, max_length=2000)
Seen = Field(default=0, ge=0, description="The slate you looked at; another one by now is refused.")


class SlateAnswer(Answer):
    """A slate. The SHA-256 is that of its decision file."""

    number: int
    state: str
    proposed_by: str
    proposed_at: AwareDatetime
    adopted_at: AwareDatetime | None
    overrides: int
    sha256: str


ComparedRow = row("ComparedRow", "request before after resource amount_before amount_after")
TreatedRow = row("TreatedRow", "area requests:n approved:n rate rate_p mean_cut cut_p")
SignatureRow = row("SignatureRow", "person asked_at:at signed_at:at released_at:at released_why")


class ComparedAnswer(Answer):
    """Who gains, who loses, and what it comes to; amounts in display units."""

    sentences: list[str]
    moved: list[ComparedRow]  # type: ignore[valid-type]  # made of its columns
    slate: int | None = Field(description="What was kept; null where nothing was.")


class FairnessAnswer(Answer):
    """How a slate treats the areas."""

    sentences: list[str]
    areas: list[TreatedRow]  # type: ignore[valid-type]  # made of its columns


class OutcomeAnswer(Answer):
    """What was decided about a request, why, and the nearest ways in. Units: base units."""

    ref: str
    outcome: str
    published_at: AwareDatetime
    appeal_until_at: AwareDatetime
    reasons: list[str]
    ways: list[str]
    board: str
    awards: dict[str, int]


class OneMove(Body):
    """Something to move by hand; `to` is in base units."""

    moved: Moved
    owner: str = Field(default="", max_length=120)
    resource: str = Field(default="", max_length=60)
    to: int = Field(default=0, ge=0)


class WhatIf(Body):
    """Moves to weigh; kept, they make a new slate."""

    moves: list[OneMove] = Field(min_length=1, max_length=200)
    why: str = Why
    keep: bool = False


class PlanMove(Body):
    """One move in the board's plan."""

    moved: Moved
    owner: str = Field(default="", max_length=120)
    resource: str = Field(default="", max_length=60)
    to: int = Field(default=0, ge=0)
    why: str = Why
    seen: int = Seen
    dry_run: bool = False


class Unpin(Body):
    """A request that goes back to the engine."""

    ref: str = Field(max_length=60)
    seen: int = Seen
    dry_run: bool = False


class StepBody(Body):
    """Which slate was seen last."""

    seen: int = Seen


class Adopt(Body):
    """How a slate is adopted."""

    tie_reason: str = Field(default="", max_length=2000)
    hold: bool = Field(default=False, description="Tell nobody before it is published.")


class HoldBack(Body):
    """An outcome that is not told with the batch."""

    ref: str = Field(max_length=60)
    why: str = Why
    until: AwareDatetime


class Release(Body):
    """An outcome that goes with the next batch."""

    ref: str = Field(max_length=60)


class Embargo(Body):
    """When what was adopted is published by itself."""

    until: AwareDatetime


class SeedHash(Body):
    """The hash of a seed, which is told later."""

    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Seed(Body):
    """The seed whose hash was published."""

    seed: str = Field(min_length=1, max_length=1000)
