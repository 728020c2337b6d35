"""The page of a project's members: what each used, what each may use, and who says so."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from apportion.apps.apply.queries import Project, find_project
from apportion.apps.change.forms import first_instant
from apportion.apps.enforce.queries import scheduled_resources
from apportion.apps.ledger.queries import balances
from apportion.apps.members.actions import bring_in, demand_lead, let_go, may_manage, set_cap
from apportion.apps.people.gates import Visit, allowed
from apportion.apps.people.queries import find_person
from apportion.apps.people.tables import Rows, file_route
from apportion.apps.report.member_forms import BringInForm, CapForm
from apportion.apps.report.members import (
    COLUMNS,
    MemberRow,
    cap_words,
    left_in_all,
    member_rows,
    row_of,
)
from apportion.apps.report.project_views import resource_shown
from apportion.apps.rounds.queries import resource_units
from apportion.core.ledger import Key, Kind
from apportion.core.refusals import Code, Refused
from apportion.core.units import format_quantity

MANAGE = "project.members"


@require_safe
@allowed("project.see")
def members(request: Visit, slug: str) -> HttpResponse:
    """Shows who works on a project, with what each used and may use of one resource."""
    return _show(request, find_project(slug))


@require_POST
@allowed(MANAGE)
def cap(request: Visit, slug: str) -> HttpResponse:
    """Caps a member, or lifts the cap."""
    project = find_project(slug)
    demand_lead(request.user, project)
    form = _cap_form(member_rows(project, now=request.now), request.POST)
    if not form.is_valid():
        return _show(request, project, form=form)
    given = form.cleaned_data
    person = find_person(given["username"])
    try:
        row = set_cap(
            project=project,
            person=person,
            resource=given["resource"],
            amount=given["size"],
            ends_at=first_instant(given["until"]) if given["until"] else None,
            by=request.user,
            now=request.now,
        )
    except Refused as refused:
        return _show(request, project, form=form, refused=refused)
    messages.success(
        request, _told(project, row.amount, person.username, given["resource"], request)
    )
    return redirect("report:members", slug)


@require_POST
@allowed(MANAGE)
def add(request: Visit, slug: str) -> HttpResponse:
    """Lets somebody work on a project."""
    project = find_project(slug)
    try:
        person = find_person(request.POST.get("username", "").strip())
        bring_in(project=project, person=person, by=request.user, now=request.now)
    except Refused as refused:
        return _show(request, project, refused=refused)
    messages.success(request, f"{person} works on {project}.")
    return redirect("report:members", slug)


@require_POST
@allowed(MANAGE)
def remove(request: Visit, slug: str) -> HttpResponse:
    """Ends somebody's work on a project."""
    project = find_project(slug)
    try:
        person = find_person(request.POST.get("username", ""))
        let_go(project=project, person=person, by=request.user, now=request.now)
    except Refused as refused:
        return _show(request, project, refused=refused)
    messages.success(request, f"{person} no longer works on {project}.")
    return redirect("report:members", slug)


def _table(visit: Visit, slug: str) -> Rows:
    rows = member_rows(find_project(slug), viewer=visit.user, now=visit.now)
    return [{name: getattr(row, name) for name in COLUMNS} for row in rows]


table = file_route("project.see", "members", COLUMNS, _table)


def _show(
    request: Visit, project: Project, *, form: CapForm | None = None, refused: Refused | None = None
) -> HttpResponse:
    if refused is not None and refused.refusals[0].code is Code.NOT_ALLOWED:
        raise refused  # for the page that says so
    held = balances(kind=Kind.PROJECT, owner=project.slug)
    resources, resource = resource_shown(request, held)
    rows = member_rows(project, resource=resource, viewer=request.user, now=request.now)
    manages = may_manage(request.user, project)
    context = {
        "project": project,
        "rows": rows,
        "resources": resources,
        "resource": resource,
        "unit": str(resource_units().get(resource, "hour")),
        "balance": held.get(Key(Kind.PROJECT, project.slug, resource), 0),
        "capped": left_in_all(rows),
        "count": sum(row.cap is not None for row in rows),
        "form": (form or _cap_form(rows)) if manages else None,
        "add_form": BringInForm(auto_id="add_%s") if manages else None,
        "manages": manages,
        "refusals": refused.refusals if refused else (),
    }
    wrong = bool(refused) or bool(form and form.errors)
    return render(request, "report/members.html", context, status=422 if wrong else 200)


def _cap_form(rows: list[MemberRow], posted: QueryDict | None = None) -> CapForm:
    people = list(dict.fromkeys((row.username, row.name) for row in rows if row.role != "gone"))
    units = resource_units()
    known = {str(code): units[code] for code in scheduled_resources()}
    return CapForm(posted, people=people, units=known, auto_id="cap_%s")


def _told(
    project: Project, amount: int | None, username: str, resource: str, request: Visit
) -> str:
    row = row_of(project, username, resource, now=request.now)
    if amount is None:
        return f"{row.name} has no cap of {resource}."
    unit = resource_units()[resource]
    return cap_words(row, told=f"{format_quantity(amount, unit)} {unit}s of {resource}")
