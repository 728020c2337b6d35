"""Standing: what was asked, awarded and used, when it runs dry, and who gets which share."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

PACE_DAYS = 7  # the forecast looks back a week


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One project's or area's account of one resource. Units: base units."""

    name: str
    asked: int
    awarded: int
    used: int
    overrun: int
    ran_dry_at: datetime | None = None

    @property
    def left(self) -> int:
        """What is still there; never below zero, the excess stands in `overrun`."""
        return max(0, self.awarded - (self.used - self.overrun))


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One change of a balance. Units: base units, positive in."""

    at: datetime
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BurnDown:
    """A balance over days with its forecast. Units: base units."""

    days: tuple[tuple[date, int], ...]  # the balance at the end of each day
    balance: int
    spent_last_week: int
    runs_dry_at: datetime | None  # at the last week's pace; None where it lasts


def burn_down(movements: Sequence[Movement], *, now: datetime, ends_at: datetime) -> BurnDown:
    """Follows a balance day by day up to now, and carries the last week's pace forward.

    Refunds count as what they are: only what went out in the last seven days makes the pace.
    """
    past = sorted((m for m in movements if m.at <= now), key=lambda m: m.at)
    days: dict[date, int] = {}
    balance = 0
    for movement in past:
        balance += movement.amount
        days[movement.at.date()] = balance
    week_ago = now - timedelta(days=PACE_DAYS)
    spent = -sum(m.amount for m in past if m.amount < 0 and m.at > week_ago)
    return BurnDown(
        days=_fill_days(days, until=now.date()),
        balance=balance,
        spent_last_week=spent,
        runs_dry_at=_dry_at(balance, spent, now=now, ends_at=ends_at),
    )


def shares(used: Mapping[str, int]) -> dict[str, Fraction]:
    """Gives each name its share of the whole; all zero where nothing was used."""
    whole = sum(used.values())
    return {name: Fraction(part, whole) if whole else Fraction(0) for name, part in used.items()}


def first_dry(movements: Iterable[Movement]) -> datetime | None:
    """Finds the first instant at which a balance that once was above zero reached zero."""
    balance, had_some = 0, False
    for movement in sorted(movements, key=lambda m: (m.at, -m.amount)):
        balance += movement.amount
        had_some = had_some or balance > 0
        if had_some and balance <= 0:
            return movement.at
    return None


def _fill_days(days: Mapping[date, int], *, until: date) -> tuple[tuple[date, int], ...]:
    if not days:
        return ()
    day, balance = min(days), 0
    filled: list[tuple[date, int]] = []
    while day <= until:
        balance = days.get(day, balance)
        filled.append((day, balance))
        day += timedelta(days=1)
    return tuple(filled)


def _dry_at(
    balance: int, spent_last_week: int, *, now: datetime, ends_at: datetime
) -> datetime | None:
    if balance <= 0:
        return now
    if spent_last_week <= 0:
        return None
    seconds = balance * PACE_DAYS * 86_400 // spent_last_week
    if seconds >= (ends_at - now).total_seconds():
        return None
    return now + timedelta(seconds=seconds)
