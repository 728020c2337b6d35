"""Rounds as files: calendars to subscribe to, and the list for other programs."""

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from apportion.apps.people.gates import Visit, allowed
from apportion.apps.people.tables import table_file
from apportion.apps.rounds.milestones import calendar_of
from apportion.apps.rounds.queries import ROUND_COLUMNS, find_round, list_rounds, round_rows

ICAL = "text/calendar; charset=utf-8"


@require_safe
@allowed("round.see")
def calendar(request: Visit, slug: str) -> HttpResponse:
    """Gives the milestones of one round."""
    row = find_round(slug)
    return _file(calendar_of([row], name=row.name, now=request.now), f"{row.slug}.ics", ICAL)


@require_safe
@allowed("round.see")
def calendars(request: Visit) -> HttpResponse:
    """Gives the milestones of all rounds."""
    body = calendar_of(list_rounds(), name="Rounds", now=request.now)
    return _file(body, "rounds.ics", ICAL)


@require_safe
@allowed("round.see")
def rounds_json(request: Visit) -> HttpResponse:  # noqa: ARG001  every page takes it
    """Gives the rounds as JSON."""
    return JsonResponse({"rounds": round_rows()})


@require_safe
@allowed("round.see")
def rounds_csv(request: Visit) -> HttpResponse:  # noqa: ARG001  every page takes it
    """Gives the rounds as CSV."""
    return table_file("csv", "rounds", ROUND_COLUMNS, round_rows())


def _file(body: str, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(body, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
