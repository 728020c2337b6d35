"""Progress reports: noted as owed when they come near, and filed with the books' own figures."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from apportion.apps.apply.owing import hand_in, owe_reports
from apportion.apps.apply.queries import Project, find_project, where_works
from apportion.apps.change.models import ProgressReport
from apportion.apps.change.queries import demand_worker, rules_of
from apportion.apps.change.steps import keep_step
from apportion.apps.grant.queries import grants_of, list_grants
from apportion.apps.ledger.actions import lock_tip
from apportion.apps.ledger.queries import balances
from apportion.apps.people.queries import Person, demand
from apportion.apps.rounds.queries import Round, list_rounds
from apportion.core.change.progress import Due, Report, reports_of
from apportion.core.ledger import Kind
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.windows import Window

LONGEST_WORDS = 20_000


def reports_due(project: Project, row: Round, *, now: datetime) -> tuple[Report, ...]:
    """Lists what a round asks a project to report, and how each report stands."""
    filed = ProgressReport.objects.filter(project=project, round=row)
    window = Window(starts_at=row.credits_start_at, ends_at=row.credits_end_at)
    numbers = filed.values_list("number", flat=True)
    return reports_of(window, rules_of(row), filed=numbers, now=now)


def file_report(
    *,
    project: str,
    done: str,
    outcomes: str,
    coming: str,
    by: Person,
    now: datetime,
) -> ProgressReport:
    """Files the first report that a project owes, with what the books say of that day.

    Refuses: NOT_ALLOWED, NOT_FOUND, INCOMPLETE, OUT_OF_RANGE, WRONG_STATE where none is due.
    """
    with transaction.atomic():
        lock_tip()
        mine = find_project(project)
        demand(by, "progress.file", where_works(mine))
        demand_worker(by, mine, f"progress report of {project}")
        if not done.strip():
            remedy = "Say what was found out, or built, or what stood in the way."
            raise Refused([_say(Code.INCOMPLETE, project, remedy)])
        if max(len(done), len(outcomes), len(coming)) > LONGEST_WORDS:
            remedy = f"Use at most {LONGEST_WORDS} characters in each part."
            raise Refused([_say(Code.OUT_OF_RANGE, project, remedy)])
        row, due = next_report(mine, now=now)
        report = ProgressReport.objects.create(
            project=mine,
            round=row,
            number=due.number,
            due_at=due.due_at,
            done=done.strip(),
            outcomes=outcomes.strip(),
            next=coming.strip(),
            figures=figures_of(mine),
            filed_by=by,
            filed_at=now,
        )
        hand_in(mine, due.due_at, now=now)
        keep_step(f"{project}-report-{row.slug}-{due.number}", "file", "filed", by=by, now=now)
    return report


def next_report(project: Project, *, now: datetime) -> tuple[Round, Report]:
    """Finds the first report that a project owes or may hand in early.

    Refuses: WRONG_STATE where none is due yet.
    """
    coming = None
    for row in reversed(_rounds_of(project)):
        for one in reports_due(project, row, now=now):
            if one.standing in {Due.NOW, Due.OVERDUE}:
                return row, one
            if one.standing is Due.COMING and coming is None:
                coming = one.due_at
    remedy = f"The next is due on {coming:%Y-%m-%d}." if coming else "Its rounds ask for none."
    raise Refused([_say(Code.WRONG_STATE, project.slug, remedy)])


def reports_for(
    projects: Sequence[Project], *, now: datetime
) -> list[tuple[Project, Round, Report]]:
    """Lists the first report that each project owes, in as many statements as there are rounds.

    What is only to come is left out.
    """
    known = {project.pk: project for project in projects}
    told: dict[int, tuple[Project, Round, Report]] = {}
    for row in reversed(list_rounds()):
        rules = rules_of(row) if row.credits_start_at <= now else None
        if rules is None or rules.report_days is None:
            continue
        window = Window(starts_at=row.credits_start_at, ends_at=row.credits_end_at)
        filed = filed_numbers(row)
        for number in {one.project_id for one in list_grants(row.slug)} & set(known) - set(told):
            for one in reports_of(window, rules, filed=filed.get(number, ()), now=now):
                if one.standing in {Due.NOW, Due.OVERDUE}:
                    told[number] = (known[number], row, one)
                    break
    return [told[number] for number in sorted(told)]


def filed_numbers(row: Round) -> dict[int, list[int]]:
    """Lists the numbers of the reports that were filed of a round, by project."""
    filed: dict[int, list[int]] = {}
    done = ProgressReport.objects.filter(round=row).order_by()
    for project, number in done.values_list("project_id", "number"):
        filed.setdefault(project, []).append(number)
    return filed


def figures_of(project: Project) -> dict[str, dict[str, int]]:
    """Reads what a project was granted, has used and has left. Units: base units."""
    told: dict[str, dict[str, int]] = {}
    for one in grants_of(project.slug):
        told.setdefault(one.resource.code, {"granted": 0})["granted"] += one.amount
    parts: Mapping[str, Kind] = {"used": Kind.CONSUMED, "left": Kind.PROJECT}
    for name, kind in parts.items():
        for key, balance in balances(kind=kind, owner=project.slug).items():
            told.setdefault(key.unit, {})[name] = balance
    return dict(sorted(told.items()))


def note_reports(*, now: datetime) -> list[str]:
    """Notes the reports that are overdue, so that nobody asks for more before they are in."""
    told = []
    for row in list_rounds():
        rules = rules_of(row)
        if row.credits_start_at > now or rules.report_days is None:
            continue
        window = Window(starts_at=row.credits_start_at, ends_at=row.credits_end_at)
        projects = {one.project_id: one.project.slug for one in list_grants(row.slug)}
        filed = filed_numbers(row)
        owed = [
            (project, one.due_at)
            for project in projects
            for one in reports_of(window, rules, filed=filed.get(project, ()), now=now)
            if one.standing is Due.OVERDUE
        ]
        told += [
            f"{projects[one.project_id]}: a progress report is overdue" for one in owe_reports(owed)
        ]
    return told


def _rounds_of(project: Project) -> list[Round]:
    found: dict[int, Round] = {}
    for one in grants_of(project.slug):
        row = one.decision.request.round
        found.setdefault(row.pk, row)
    return sorted(found.values(), key=lambda row: row.credits_start_at, reverse=True)


def _say(code: Code, project: str, remedy: str) -> Refusal:
    return Refusal(code=code, subject=f"progress report of {project}", remedy=remedy)
