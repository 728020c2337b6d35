"""The dates of rounds as milestones, on pages and in calendars."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from apportion.adapters.ical.render import Milestone, render_calendar
from apportion.apps.rounds.actions import Dates
from apportion.apps.rounds.queries import Round

NAMES = {
    "opens_at": "Requests open",
    "requests_close_at": "Requests close",
    "reviews_due_at": "Reviews due",
    "decision_at": "Decision meeting",
    "appeals_until_at": "Appeals until",
    "credits_start_at": "Credits start",
    "credits_end_at": "Credits end",
}


def dates_of(row: Round) -> list[tuple[str, str, datetime]]:
    """Lists the dates of a round as field, name and instant; what has no date is left out."""
    return [(key, name, at) for key, name in NAMES.items() if (at := getattr(row, key)) is not None]


def calendar_of(rows: Sequence[Round], *, name: str, now: datetime) -> str:
    """Writes the milestones of rounds as an iCalendar file."""
    milestones = [
        Milestone(uid=f"{row.slug}.{key}@apportion", name=f"{row.name}: {words}", at=at)
        for row in rows
        for key, words, at in dates_of(row)
    ]
    return render_calendar(name, milestones, stamped_at=now)


def milestones_of(row: Round, now: datetime) -> list[tuple[str, datetime, bool]]:
    """Lists name and instant, and which is the next to come."""
    known = [(name, at) for key, name, at in dates_of(row) if key != "opens_at" or at > now]
    upcoming = min((at for _, at in known if at > now), default=None)
    return [(name, at, at == upcoming) for name, at in known]


def dates_from(*, close: datetime, decide: datetime, start: datetime, end: datetime) -> Dates:
    """Sets the dates that are not given: reviews are due half way, appeals last two weeks."""
    close, decide, start, end = (d.replace(tzinfo=UTC) for d in (close, decide, start, end))
    return Dates(
        requests_close_at=close,
        reviews_due_at=close + (decide - close) / 2,
        decision_at=decide,
        appeals_until_at=decide + timedelta(days=14),
        credits_start_at=start,
        credits_end_at=end,
    )
