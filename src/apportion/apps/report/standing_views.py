"""Pages of standing: how areas and the reader were treated, beside the others."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apportion.apps.people.gates import Visit, allowed
from apportion.apps.people.tables import table_file
from apportion.apps.report.standings import COLUMNS, Standings, read_standings, row_of
from apportion.apps.rounds.queries import resource_units
from apportion.core.claims.equity import LEAST
from apportion.core.units import BASE_UNITS, DisplayUnit


@require_safe
@allowed("standing.see")
def standing(request: Visit) -> HttpResponse:
    """Says how each area stands beside the others, and how the reader does."""
    units, resource = _resource(request)
    read = read_standings(request.user, resource=resource, now=request.now)
    context = {
        "read": read,
        "lines": [*([read.own] if read.own else []), *read.areas],
        "resource": resource,
        "resources": sorted(units),
        "unit": str(units.get(resource, DisplayUnit.HOUR)),
        "least": LEAST,
    }
    return render(request, "report/standing.html", context)


@require_safe
@allowed("standing.see")
def standing_json(request: Visit) -> HttpResponse:
    """Gives the same as JSON."""
    read, rows, resource = _rows(request)
    return JsonResponse(
        {
            "resource": resource,
            "method": "rates: Wilson 95 %; waits: median, order statistics of at least 95 %",
            "withheld": read.withheld,
            "standing": rows,
        }
    )


@require_safe
@allowed("standing.see")
def standing_csv(request: Visit) -> HttpResponse:
    """Gives the same as CSV."""
    return table_file("csv", "standing", COLUMNS, _rows(request)[1])


def _rows(request: Visit) -> tuple[Standings, list[dict[str, object]], str]:
    units, resource = _resource(request)
    base = BASE_UNITS[units.get(resource, DisplayUnit.HOUR)]
    read = read_standings(request.user, resource=resource, now=request.now)
    lines = [*([read.own] if read.own else []), *read.areas]
    return read, [row_of(one, hours=base) for one in lines], resource


def _resource(request: Visit) -> tuple[dict[str, DisplayUnit], str]:
    units = resource_units()
    wanted = request.GET.get("resource", "")
    return units, wanted if wanted in units else next(iter(sorted(units)), "")
