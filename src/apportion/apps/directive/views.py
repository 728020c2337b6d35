"""Pages of directives: the register, one with its preview, and a button for each verb."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apportion.apps.apply.queries import projects_by_slug
from apportion.apps.directive import actions, queries
from apportion.apps.directive.forms import TermsForm
from apportion.apps.directive.rehearsals import play
from apportion.apps.directive.streaming import stream_page
from apportion.apps.directive.telling import tell
from apportion.apps.directive.wording import register_rows
from apportion.apps.people.acting import act
from apportion.apps.people.gates import Visit, allowed
from apportion.apps.people.queries import may
from apportion.apps.people.tables import table_file
from apportion.apps.rounds.queries import list_areas, resource_units
from apportion.core.directive.rehearsal import FEWEST_JOBS
from apportion.core.faults import BadInput
from apportion.core.refusals import Refusal, Refused

GET_OR_POST = ["GET", "HEAD", "POST"]


@require_safe
@allowed("directive.see")
def register(request: Visit) -> HttpResponse:
    """Shows every directive: kept or broken, lent, paid back."""
    held = queries.register()
    units = resource_units()
    broken = sum(row.missed_at is not None for row, _ in held)
    context = {
        "rows": [
            (row, [(one, units.get(one.resource, "hour")) for one in accounts])
            for row, accounts in held
        ],
        "broken": broken,
        "may_draft": may(request.user, "directive.draft"),
    }
    return render(request, "directive/register.html", context)


@require_safe
@allowed("directive.see")
def register_json(request: Visit) -> HttpResponse:  # noqa: ARG001  every page takes it
    """Gives the register as JSON."""
    rows = register_rows(queries.register(), resource_units())
    return JsonResponse({"directives": rows})


@require_safe
@allowed("directive.see")
def register_csv(request: Visit) -> HttpResponse:  # noqa: ARG001  every page takes it
    """Gives the register as CSV."""
    rows = register_rows(queries.register(), resource_units())
    return table_file("csv", "directives", queries.COLUMNS, rows)


@require_http_methods(GET_OR_POST)
@allowed("directive.draft")
def draft(request: Visit) -> HttpResponse:
    """Takes the terms of a directive and tells all that is wrong with them."""
    form = TermsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        toml = form.cleaned_data["toml"].replace("\r\n", "\n")
        try:
            row = actions.draft_directive(toml=toml, by=request.user, now=request.now)
            return redirect("directive:show", ref=row.ref)
        except BadInput as error:
            for fault in error.faults:
                form.add_error("toml", str(fault))
        except Refused as refused:
            for refusal in refused.refusals:
                form.add_error("toml", str(refusal))
    return render(
        request, "directive/draft.html", {"form": form}, status=422 if form.errors else 200
    )


@require_safe
@allowed("directive.see")
def show(request: Visit, ref: str) -> HttpResponse:
    """Shows a directive: what it does to whom, who signed, and where it stands."""
    return _show(request, ref)


@require_POST
@allowed("directive.draft")
def preview(request: Visit, ref: str) -> HttpResponseBase:
    """Works the directive out against the books; tells each replay that is done where there are any."""
    by, now = request.user, request.now
    try:
        terms, gathered = actions.prepare_preview(ref=ref, by=by, now=now)
    except Refused as refused:
        return _show(request, ref, refusals=refused.refusals)
    jobs = sum(len(jobs) for _, jobs, site in gathered.jobs if not isinstance(site, str))
    if jobs < FEWEST_JOBS:
        kept = lambda: actions.make_preview(ref=ref, by=by, now=now)  # noqa: E731  as the others
        return _act(request, ref, kept, "The preview is made; it waits for signatures.")

    def finish(replays: list[dict[str, Any]]) -> str:
        made = actions.keep_preview(ref=ref, by=by, now=now, replays=replays)
        home = reverse("directive:show", args=[ref])
        return format_html(
            '<p class="do"><a class="btn p" href="{}">Read preview {}</a></p>'
            '<meta http-equiv="refresh" content="1; url={}">',
            home,
            made.number,
            home,
        )

    return stream_page(
        request,
        "directive/previewing.html",
        {"row": queries.find_directive(ref), "jobs": jobs},
        work=lambda tell: play(terms, gathered, tell=tell),
        finish=finish,
    )


@require_POST
@allowed("directive.draft")
def withdraw(request: Visit, ref: str) -> HttpResponse:
    """Takes back what was never adopted."""
    return _act(
        request,
        ref,
        lambda: actions.withdraw_directive(ref=ref, by=request.user, now=request.now),
        "The directive is withdrawn.",
    )


@require_POST
@allowed("directive.sign")
def sign(request: Visit, ref: str) -> HttpResponse:
    """Signs the preview that the page showed."""
    number = request.POST.get("preview", "")
    read = int(number) if number.isascii() and number.isdigit() and len(number) < 9 else 0
    return _act(
        request,
        ref,
        lambda: actions.sign_directive(ref=ref, number=read, by=request.user, now=request.now),
        "You signed.",
    )


@require_POST
@allowed("directive.adopt")
def adopt(request: Visit, ref: str) -> HttpResponse:
    """Puts the directive in force."""
    return _act(
        request,
        ref,
        lambda: actions.adopt_directive(ref=ref, by=request.user, now=request.now),
        "The directive is in force and its loans are posted.",
    )


@require_POST
@allowed("directive.end")
def end(request: Visit, ref: str) -> HttpResponse:
    """Ends the directive before its time."""
    return _act(
        request,
        ref,
        lambda: actions.end_directive(ref=ref, by=request.user, now=request.now),
        "The directive has ended; what was left went back.",
    )


def _act(request: Visit, ref: str, verb: Callable[[], object], done: str) -> HttpResponse:
    """Does a verb; a refusal is told on the directive's own page."""
    return act(
        request,
        verb,
        done=done,
        home=reverse("directive:show", args=[ref]),
        refused=lambda refusals: _show(request, ref, refusals=refusals),
    )


def _show(request: Visit, ref: str, *, refusals: tuple[Refusal, ...] = ()) -> HttpResponse:
    request.directives = queries.directives_told()
    row = next((one for one in request.directives if one.ref == ref), None)
    row, units = row or queries.find_directive(ref), resource_units()
    areas = {area.slug: area.name for area in list_areas()}
    told = tell(row, units=units, names=areas, now=request.now)
    accounts = queries.accounts_of([row])[ref]
    document = told.document or {}
    lending = projects_by_slug({one["project"] for one in document.get("losers", ())})
    context = {
        "told": told,
        "names": areas | {slug: project.title for slug, project in lending.items()},
        "row": row,
        "accounts": [(one, units.get(one.resource, "hour")) for one in accounts],
        "losers": [(one, units.get(one["resource"], "hour")) for one in document.get("losers", ())],
        "floors": [(one, units.get(one["resource"], "hour")) for one in document.get("floors", ())],
        "steps": queries.steps_of(row),
        "refusals": refusals,
        "may_draft": may(request.user, "directive.draft"),
        "may_sign": may(request.user, "directive.sign"),
    }
    return render(request, "directive/show.html", context, status=409 if refusals else 200)
