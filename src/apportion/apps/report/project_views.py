"""The page of one project, and its tables as files."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apportion.apps.apply import queries as asking
from apportion.apps.enforce.queries import limits_of
from apportion.apps.ledger.queries import balances, grouped_statement
from apportion.apps.meter.queries import find_charges
from apportion.apps.people.gates import Visit, allowed
from apportion.apps.people.queries import may
from apportion.apps.people.tables import KINDS, table_file
from apportion.apps.report.alert_queries import open_alerts
from apportion.apps.report.burn import follow_spending
from apportion.apps.report.members import member_rows
from apportion.apps.report.outlook import Ahead, ahead_facts, look_ahead
from apportion.apps.rounds.queries import (
    current_of,
    list_rounds,
    resource_units,
    spending_of,
)
from apportion.core.ledger import Key, Kind

JOBS = 20  # they stand beside the statement
MOST_JOBS = 100_000  # in one file
JOB_COLUMNS = (
    "job",
    "name",
    "user",
    "state",
    "resource",
    "size",
    "submitted_at",
    "started_at",
    "ended_at",
    "unit_seconds",
    "refunded_seconds",
    "overrun_seconds",
    "microcredits",
)


@require_safe
@allowed("project.see")
def project_page(request: Visit, slug: str) -> HttpResponse:
    """Says whether a project is all right, and what it can do."""
    project = asking.find_project(slug)
    units = resource_units()
    held = balances(kind=Kind.PROJECT, owner=slug)
    resources, resource = resource_shown(request, held)
    unit = str(units.get(resource, "hour"))
    known = request.rounds = list_rounds()
    spending = spending_of(known, request.now)
    balance = held.get(Key(Kind.PROJECT, slug, resource), 0)
    ahead = None
    if spending is not None and resource:
        ahead = look_ahead(
            slug,
            resource=resource,
            unit=unit,
            balance=balance,
            ends_at=spending.credits_end_at,
            now=request.now,
        )
    charges = Paginator(find_charges(slug), JOBS).get_page(request.GET.get("page"))
    context = {
        "project": project,
        "resource": resource,
        "resources": resources,
        "unit": unit,
        "balance": balance,
        "statement": grouped_statement(Key(Kind.PROJECT, slug, resource)),
        "charges": charges,
        "limits": limits_of(project),
        "members": member_rows(project, resource=resource, viewer=request.user, now=request.now),
        "alerts": open_alerts(project),
        "ahead": ahead,
        "current": current_of(known, request.now),
        "may_ask": may(request.user, "request.file"),
        "may_change": may(request.user, "request.file") and asking.works_on(request.user, project),
        "may_wind_down": may(request.user, "winddown.notice"),
        "may_acknowledge": may(request.user, "alert.acknowledge"),
        **follow_spending(
            spending,
            resource=resource,
            unit=unit,
            now=request.now,
            project=project,
            foretold=ahead.forecast if ahead else None,
        ),
    }
    return render(request, "report/project.html", context)


@require_safe
@allowed("project.see")
def jobs_file(request: Visit, slug: str, ending: str) -> HttpResponse:  # noqa: ARG001  every page takes it
    """Gives a project's charges, newest first, as CSV or JSON."""
    if ending not in KINDS:
        raise Http404
    asking.find_project(slug)
    rows = list(find_charges(slug).values(*JOB_COLUMNS)[:MOST_JOBS])
    if ending == "json":
        return JsonResponse({"project": slug, "jobs": rows})
    return table_file("csv", f"{slug}-jobs", JOB_COLUMNS, rows)


@require_safe
@allowed("project.see")
def ahead_file(request: Visit, slug: str, ending: str) -> HttpResponse:
    """Gives what lies ahead of a project, a line a day of the forecast, as CSV or JSON."""
    if ending not in KINDS:
        raise Http404
    resource, ahead = ahead_of(request, slug)
    if ahead is None:
        return JsonResponse({"project": slug, "forecast": None})
    if ending == "json":
        return JsonResponse({"project": slug, "resource": resource, **ahead_facts(ahead)})
    rows = [
        {"day": band.on, "low": band.low, "middle": band.middle, "high": band.high}
        for band in ahead.forecast.bands
    ]
    return table_file("csv", f"{slug}-forecast", ("day", "low", "middle", "high"), rows)


def ahead_of(request: Visit, slug: str) -> tuple[str, Ahead | None]:
    """Looks ahead of the resource that a visit shows; nothing lies ahead where nothing is spent.

    Refuses: NOT_FOUND.
    """
    asking.find_project(slug)
    held = balances(kind=Kind.PROJECT, owner=slug)
    _, resource = resource_shown(request, held)
    spending = spending_of(list_rounds(), request.now)
    if spending is None or not resource:
        return resource, None
    ahead = look_ahead(
        slug,
        resource=resource,
        unit=str(resource_units().get(resource, "hour")),
        balance=held.get(Key(Kind.PROJECT, slug, resource), 0),
        ends_at=spending.credits_end_at,
        now=request.now,
    )
    return resource, ahead


def resource_shown(request: Visit, held: dict[Key, int]) -> tuple[list[str], str]:
    """Gives the resources of a project and the one that a visit chose."""
    resources = sorted(key.unit for key in held) or sorted(resource_units())[:1]
    wanted = request.GET.get("resource", "")
    return resources, wanted if wanted in resources else next(iter(resources), "")
