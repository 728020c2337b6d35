"""Pages on which anybody tests a claim, the sums as Parquet, and the equity monitor for the board."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apportion.adapters.duckdb.client import write_parquet
from apportion.adapters.terminal.render import Layout, render_rows
from apportion.apps.apply.queries import projects_by_slug
from apportion.apps.people.gates import Visit, allowed
from apportion.apps.people.tables import table_file
from apportion.apps.report.claims import answer_on, own_record, write_claim
from apportion.apps.report.equity import COLUMNS, look_at_equity, rows_of
from apportion.apps.report.forms import ClaimForm
from apportion.apps.report.published import record_document
from apportion.apps.rounds.queries import list_areas
from apportion.core.faults import BadInput

USE = (
    ("month", str),
    ("resource", str),
    ("area", str),
    ("delivered", int),
    ("awarded", int),
    ("charged", int),
)


@require_safe
@allowed("record.see")
def claim(request: Visit) -> HttpResponse:
    """Tests a statement about shares on the office's own record."""
    try:
        record = own_record(now=request.now)
    except BadInput as bad:
        context: dict[str, Any] = {"fault": bad.faults[0].what}
        return render(request, "report/claim.html", context, status=409)
    form = ClaimForm(request.GET or None, record=record)
    document = None
    if form.is_bound and form.is_valid():
        document = answer_on(form.claim(), record)
    context = {"form": form, "document": document, "query": request.GET.urlencode()}
    return render(request, "report/claim.html", context)


@require_safe
@allowed("record.see")
def claim_json(request: Visit) -> HttpResponse:
    """Gives a tested claim as the file that anybody can check."""
    try:
        record = own_record(now=request.now)
    except BadInput as bad:
        return JsonResponse({"errors": [one.what for one in bad.faults]}, status=409)
    form = ClaimForm(request.GET, record=record)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors.get_json_data()}, status=422)
    body = write_claim(answer_on(form.claim(), record))
    response = HttpResponse(body, content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="claim.json"'
    return response


@require_safe
@allowed("record.see")
def use_parquet(request: Visit) -> HttpResponse:
    """Gives use by month, resource and area as Parquet."""
    rows = [tuple(row[name] for name, _ in USE) for row in record_document(now=request.now)["use"]]
    response = HttpResponse(write_parquet(USE, rows), content_type="application/vnd.apache.parquet")
    response["Content-Disposition"] = 'attachment; filename="use.parquet"'
    return response


@require_safe
@allowed("record.see")
def use_csv(request: Visit) -> HttpResponse:
    """Gives use by month, resource and area as CSV."""
    rows = record_document(now=request.now)["use"]
    columns = tuple(name for name, _ in USE)
    return _csv(render_rows(rows, columns, Layout(as_csv=True)), "use.csv")


@require_safe
@allowed("equity.see")
def equity(request: Visit) -> HttpResponse:
    """Asks who was granted too little, denied beyond chance, wound down quietly or fell silent."""
    findings, treated = look_at_equity(now=request.now)
    projects = projects_by_slug({one.subject for one in findings})
    context = {
        "findings": findings,
        "areas": treated.areas,
        "withheld": treated.withheld,
        "names": {area.slug: area.name for area in list_areas()}
        | {slug: project.title for slug, project in projects.items()},
    }
    return render(request, "report/equity.html", context)


@require_safe
@allowed("equity.see")
def equity_csv(request: Visit) -> HttpResponse:
    """Gives the findings as CSV."""
    findings, _ = look_at_equity(now=request.now)
    return table_file("csv", "equity", COLUMNS, rows_of(findings))


@require_safe
@allowed("equity.see")
def equity_json(request: Visit) -> HttpResponse:
    """Gives the findings as JSON."""
    findings, _ = look_at_equity(now=request.now)
    return JsonResponse({"findings": rows_of(findings)})


def _csv(text: str, name: str) -> HttpResponse:
    response = HttpResponse(f"{text}\n", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
