"""What waits for those who answer changes, reply to notices and owe reports."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse

from apportion.apps.apply.queries import Project, projects_of
from apportion.apps.change.queries import Change, notices_for
from apportion.apps.change.queries import waiting_for as changes_for
from apportion.apps.change.reports import reports_for
from apportion.apps.people.queries import Person, may
from apportion.apps.people.waiting import Waiting
from apportion.apps.rounds.wording import write_day
from apportion.core.change.asking import State


def waiting_for(person: Person, now: datetime) -> list[Waiting]:
    """Lists the asks that a person answers, the notices and the reports that wait for them."""
    projects = projects_of(person)
    mine = {project.pk for project in projects}
    told = [_ask(row) for row in changes_for(person, mine)]
    told += [
        Waiting(
            key=f"winddown:{row.ref}:{row.stage}",
            kind="winddown",
            words=f"{row.project.title} is to end on {write_day(row.last_at)} {row.last_at.year}",
            act="Confirm or reply",
            path=reverse("change:notice", args=[row.ref]),
            due_at=row.last_at,
            since_at=row.noticed_at,
        )
        for row in notices_for(person, mine)
    ]
    if may(person, "progress.file"):
        told += _reports(projects, now)
    return told


def _ask(row: Change) -> Waiting:
    agrees = row.other is not None and row.state == State.ASKED
    return Waiting(
        key=f"change:{row.ref}:{row.state}",
        kind="change",
        words=f"{row.get_what_display()} for {row.project.title}",
        act="Agree or not" if agrees else "Answer it",
        path=reverse("change:show", args=[row.ref]),
        due_at=row.answer_by_at,
        since_at=row.asked_at,
    )


def _reports(projects: Sequence[Project], now: datetime) -> list[Waiting]:
    return [
        Waiting(
            key=f"report:{project.slug}:{row.slug}:{report.number}",
            kind="progress",
            words=f"Progress report {report.number} of {project.title}",
            act="File it",
            path=reverse("change:progress", args=[project.slug]),
            due_at=report.due_at,
        )
        for project, row, report in reports_for(projects, now=now)
    ]
