"""The drill page: an emergency tried on recorded jobs, with progress, as picture, table and files."""

import csv
import io
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from apportion.adapters.terminal.render import defuse
from apportion.apps.directive.drills import Drill, drill_choices, gather_drill, play_drill
from apportion.apps.directive.forms import DrillForm
from apportion.apps.directive.replay_telling import tell_answer
from apportion.apps.directive.streaming import stream_page
from apportion.apps.people.gates import Visit, allowed
from apportion.core.faults import BadInput
from apportion.core.refusals import Refused

COLUMNS = (
    *("way", "amount", "mode", "wait_seconds", "wait_of_others_seconds"),
    *("lost_seconds", "repaid_at", "owed_seconds"),
)


@require_safe
@allowed("directive.draft")
def drill(request: Visit) -> HttpResponseBase:
    """Asks what is tried; once it is told, replays it and tells each step that is done."""
    asked = bool(request.GET)
    form = DrillForm(request.GET if asked else None, choices=drill_choices())
    if not asked or not form.is_valid():
        return _form(request, form)
    wanted = form.drill()
    try:
        gathered = gather_drill(wanted)
    except (BadInput, Refused) as error:
        form.add_error(None, str(error))
        return _form(request, form)
    query = request.GET.urlencode()
    trace = gathered[0]

    def finish(facts: dict[str, Any]) -> str:
        context = {"told": tell_answer(facts), "facts": facts, "query": query}
        return render_to_string("directive/drilled.html", context)

    return stream_page(
        request,
        "directive/drilling.html",
        {"form": form, "jobs": len(trace), "wanted": wanted},
        work=lambda tell: play_drill(wanted, gathered, tell=tell),
        finish=finish,
    )


@require_safe
@allowed("directive.draft")
def drill_json(request: Visit) -> HttpResponse:
    """Gives a drill's answer as JSON."""
    facts = _answer(request)
    if isinstance(facts, DrillForm):
        return JsonResponse({"faults": facts.errors.get_json_data()}, status=422)
    return JsonResponse(facts)


@require_safe
@allowed("directive.draft")
def drill_csv(request: Visit) -> HttpResponse:
    """Gives the ways to do it as CSV."""
    facts = _answer(request)
    if isinstance(facts, DrillForm):
        return HttpResponse(facts.errors.as_text(), status=422, content_type="text/plain")
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    for way in (facts["as_declared"], *facts["alternatives"]):
        names = ("name", "amount", "mode", "wait", "wait_of_others", "lost_seconds", "repaid_at")
        table.writerow([defuse(str(way[name])) for name in names] + [way["owed_seconds"]])
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="drill.csv"'
    return response


def _answer(request: Visit) -> dict[str, Any] | DrillForm:
    form = DrillForm(request.GET, choices=drill_choices())
    if not form.is_valid():
        return form
    wanted: Drill = form.drill()
    try:
        return play_drill(wanted, gather_drill(wanted), tell=str)
    except (BadInput, Refused) as error:
        form.add_error(None, str(error))
        return form


def _form(request: Visit, form: DrillForm) -> HttpResponse:
    context = {"form": form, "choices": form.fields["trace"].choices}  # type: ignore[attr-defined]
    return render(request, "directive/drill.html", context, status=422 if form.errors else 200)
