"""Rounds for programs."""

from datetime import datetime, timedelta
from typing import Any

from pydantic import AwareDatetime, Field

from apportion.apps.door.calls import Answer, Body, Caller, Calls, Done, row
from apportion.apps.rounds import commands
from apportion.apps.rounds.actions import (
    Dates,
    Plan,
    close_round,
    create_round,
    open_round,
    open_urgent,
    start_round,
)
from apportion.apps.rounds.milestones import calendar_of
from apportion.apps.rounds.queries import (
    Round,
    call_of,
    find_round,
    list_rounds,
    policy_text,
)

calls = Calls("rounds")
LISTED = (
    "slug name kind state requests_close_at:at decision_at:at credits_start_at:at credits_end_at:at"
)


class RoundAnswer(Answer):
    """A round: its state, its milestones and what its call asks."""

    slug: str
    name: str
    kind: str
    state: str
    requests_close_at: AwareDatetime
    reviews_due_at: AwareDatetime
    decision_at: AwareDatetime
    appeals_until_at: AwareDatetime
    credits_start_at: AwareDatetime
    credits_end_at: AwareDatetime
    eligible_roles: list[str]
    eligible_areas: list[str]
    questions: list[str]
    fast_lane: bool


class Given(Body):
    """The days of a round; reviews are due half way, appeals last two weeks where none are said."""

    requests_close_at: AwareDatetime
    decision_at: AwareDatetime
    credits_start_at: AwareDatetime
    credits_end_at: AwareDatetime
    reviews_due_at: AwareDatetime | None = None
    appeals_until_at: AwareDatetime | None = None


class NewRound(Body):
    """A round that is planned, or opened at once."""

    slug: str = Field(max_length=60)
    name: str = Field(default="", max_length=120)
    policy: str = Field(max_length=1_000_000, description="The text of a round.toml.")
    dates: Given
    opens_at: AwareDatetime | None = Field(default=None, description="Without it, at once.")


class Urgent(Body):
    """A round of one request that cannot wait."""

    slug: str = Field(max_length=60)
    like: str = Field(max_length=60, description="The round whose areas and signers hold.")
    pool: dict[str, int] = Field(description="What it may give, in base units.")
    why: str = Field(min_length=1, max_length=2000)
    days: int = Field(default=3, ge=1, le=365)


calls.listing("/rounds", "round.see", commands.show_all, "round list", row=row("RoundRow", LISTED))


@calls.read("/rounds/{slug}", "round.see", "round show", answer=RoundAnswer)
def show(_: Caller, slug: str) -> dict[str, object]:
    """Shows one round: its state, its milestones and what its call asks."""
    return tell_round(find_round(slug))


@calls.read("/rounds/{slug}/policy", "round.see", "round policy", media="application/toml")
def policy(_: Caller, slug: str) -> str:
    """Gives the round.toml in force."""
    return policy_text(find_round(slug))


@calls.read("/rounds/{slug}/calendar", "round.see", "round calendar", media="text/calendar")
def calendar(caller: Caller, slug: str) -> str:
    """Gives the milestones as an iCalendar file."""
    found = find_round(slug)
    return calendar_of([found], name=found.name, now=caller.now)


@calls.read("/calendar", "round.see", "round calendar", media="text/calendar")
def calendars(caller: Caller) -> str:
    """Gives the milestones of all rounds as an iCalendar file."""
    return calendar_of(list_rounds(), name="Rounds", now=caller.now)


@calls.act("/rounds", "round.open", "round create", "round open", makes="/rounds/{slug}")
def create(caller: Caller, body: NewRound) -> Done:
    """Plans a round that opens by itself on its day; without a day, opens it now."""
    given: dict[str, Any] = {
        "slug": body.slug,
        "name": body.name,
        "policy_toml": body.policy,
        "dates": _dates(body.dates),
        "by": caller.user,
        "now": caller.now,
    }
    if body.opens_at is None:
        return _done(open_round(**given))
    return _done(create_round(**given, plan=Plan(opens_at=body.opens_at)))


@calls.act("/rounds/{slug}/open", "round.open", "round open")
def start(caller: Caller, slug: str) -> Done:
    """Opens a round that was planned, now."""
    return _done(start_round(row=find_round(slug), by=caller.user, now=caller.now))


@calls.act("/rounds/{slug}/close", "round.open", "round close")
def close(caller: Caller, slug: str) -> Done:
    """Closes a round to requests before its day; drafts are kept."""
    return _done(close_round(row=find_round(slug), by=caller.user, now=caller.now))


@calls.act("/urgent-rounds", "round.open", "round urgent", makes="/rounds/{slug}")
def urgent(caller: Caller, body: Urgent) -> Done:
    """Opens a round of one request that cannot wait."""
    made = open_urgent(
        like=find_round(body.like),
        slug=body.slug,
        why=body.why,
        pool=body.pool,
        days=body.days,
        by=caller.user,
        now=caller.now,
    )
    return _done(made)


def tell_round(found: Round) -> dict[str, object]:
    """Tells a round as programs read it."""
    asked = call_of(found)
    names = RoundAnswer.model_fields
    known = {name: getattr(found, name) for name in names if hasattr(found, name)}
    return known | {
        "eligible_roles": list(asked.eligible.roles),
        "eligible_areas": list(asked.eligible.areas),
        "questions": [question.id for question in asked.questions],
        "fast_lane": bool(asked.fast_lane),
    }


def _dates(given: Given) -> Dates:
    close, decide = given.requests_close_at, given.decision_at
    half: datetime = close + (decide - close) / 2
    return Dates(
        requests_close_at=close,
        reviews_due_at=given.reviews_due_at or half,
        decision_at=decide,
        appeals_until_at=given.appeals_until_at or decide + timedelta(days=14),
        credits_start_at=given.credits_start_at,
        credits_end_at=given.credits_end_at,
    )


def _done(made: Round) -> Done:
    return Done(ref=made.slug, state=made.state, words=f"{made.name} is {made.state}.")
