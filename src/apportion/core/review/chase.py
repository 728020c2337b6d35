"""When somebody is reminded of an opinion, and when it escalates: once each, whenever one looks."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from apportion.core.review.terms import ReviewTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that is due: a reminder so many days before, or that the chair is told."""

    kind: str  # reminded or escalated
    mark: int  # days before the day for a reminder; days after it for the chair


def steps_due(
    terms: ReviewTerms, *, due_at: datetime, assigned_at: datetime, now: datetime
) -> tuple[Step, ...]:
    """Lists what has come due by now, earliest first.

    Of several reminders that came due unseen only the latest is given; who was asked after a
    reminder's day is not reminded of it. Nobody escalates before having had a day.
    """
    days = sorted(set(terms.remind_days), reverse=True)
    passed = [day for day in days if assigned_at <= due_at - timedelta(days=day) <= now < due_at]
    steps = [Step(kind="reminded", mark=passed[-1])] if passed else []
    late_at = max(due_at + timedelta(days=terms.escalate_days), assigned_at + timedelta(days=1))
    if now >= late_at:
        steps.append(Step(kind="escalated", mark=terms.escalate_days))
    return tuple(steps)
