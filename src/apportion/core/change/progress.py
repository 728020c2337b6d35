"""Progress reports: when one is due, and when it is overdue."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from apportion.core.change.rules import Rules
from apportion.core.windows import Window


class Due(StrEnum):
    """How a report stands."""

    FILED = "filed"
    COMING = "coming"
    NOW = "due"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report that a grant asks for."""

    number: int
    due_at: datetime
    standing: Due


def reports_of(
    grant: Window, rules: Rules, *, filed: Iterable[int], now: datetime
) -> tuple[Report, ...]:
    """Lists the reports of a grant: one every so many days, and a last one at its end.

    Shape: `filed` holds the numbers of those handed in, counted from 1.
    """
    if rules.report_days is None:
        return ()
    done, step = set(filed), timedelta(days=rules.report_days)
    days, at = [], grant.starts_at + step
    while at < grant.ends_at:
        days.append(at)
        at += step
    grace = timedelta(days=rules.grace_days)
    return tuple(
        Report(number=number, due_at=due, standing=_standing(number in done, due, grace, now))
        for number, due in enumerate((*days, grant.ends_at), start=1)
    )


def _standing(filed: bool, due: datetime, grace: timedelta, now: datetime) -> Due:  # noqa: FBT001  the one question
    if filed:
        return Due.FILED
    if now < due - grace:
        return Due.COMING
    return Due.NOW if now < due + grace else Due.OVERDUE
