"""What people are told of, how soon at first, and what each may choose instead."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from enum import StrEnum

FIRST_HOUR = 7  # of the day, when the digest is made where nobody chose another hour


class Pace(StrEnum):
    """How soon somebody is told."""

    NOW = "now"
    DAILY = "daily"
    OFF = "off"


class About(StrEnum):
    """What a piece of news is about."""

    DECISION = "decision"
    APPEAL = "appeal"
    CHANGE = "change"
    WINDDOWN = "winddown"
    DIRECTIVE = "directive"
    ALERT = "alert"
    REMINDER = "reminder"
    WAITING = "waiting"
    TEST = "test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How soon somebody is told of one thing, and what may be chosen."""

    words: str
    first: Pace
    may: tuple[Pace, ...]


SOON = (Pace.NOW, Pace.DAILY)  # nobody stays untold of what was decided about them
ANY = (Pace.NOW, Pace.DAILY, Pace.OFF)
RULES: dict[About, Rule] = {
    About.DECISION: Rule(words="Decisions on my requests", first=Pace.NOW, may=SOON),
    About.APPEAL: Rule(words="My appeals", first=Pace.NOW, may=SOON),
    About.CHANGE: Rule(words="Answers to changes I asked for", first=Pace.NOW, may=SOON),
    About.WINDDOWN: Rule(words="My projects being wound down", first=Pace.NOW, may=SOON),
    About.DIRECTIVE: Rule(words="Code red: in force, over, paid back", first=Pace.DAILY, may=ANY),
    About.ALERT: Rule(words="Credits of my projects running out", first=Pace.DAILY, may=ANY),
    About.REMINDER: Rule(words="Reminders of reviews", first=Pace.DAILY, may=ANY),
    About.WAITING: Rule(words="What waits for me", first=Pace.DAILY, may=(Pace.DAILY, Pace.OFF)),
}


def pace_of(about: About, chosen: Mapping[str, str]) -> Pace:
    """Says how soon somebody is told; a choice that is not allowed counts for nothing."""
    rule = RULES.get(about)
    if rule is None:
        return Pace.NOW
    wanted = chosen.get(about.value)
    return Pace(wanted) if wanted in rule.may else rule.first


def may_be_off(about: About) -> bool:
    """Says whether somebody may choose not to be told."""
    rule = RULES.get(about)
    return rule is not None and Pace.OFF in rule.may


def silenced_by(about: str) -> tuple[About, ...]:
    """Lists what one click on a mail turns off: its own kind, or of a digest all that may be off."""
    return tuple(one for one in RULES if may_be_off(one) and about in ("digest", one.value))


def digest_day(*, now: datetime, zone: tzinfo, hour: int, last_on: date | None) -> date | None:
    """Gives the day whose digest is due, or None; a clock that was set back makes none twice."""
    local = now.astimezone(zone)
    if local.hour < hour or (last_on is not None and last_on >= local.date()):
        return None
    return local.date()
