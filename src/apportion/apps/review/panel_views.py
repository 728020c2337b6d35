"""Pages of the chair: the panel of a round, and who is asked to read what."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from apportion.apps.apply.queries import find_request
from apportion.apps.people.gates import Visit, allowed
from apportion.apps.people.queries import find_person, may, people_as
from apportion.apps.people.tables import table_file
from apportion.apps.review import assigning, chasing, panels
from apportion.apps.review.conflicts import recheck_conflicts
from apportion.apps.review.queries import terms_of
from apportion.apps.rounds.queries import find_round
from apportion.apps.rounds.wording import count_of
from apportion.core.refusals import Refusal, Refused

PAGE = 50


@require_safe
@allowed("review.panel")
def panel(request: Visit, slug: str) -> HttpResponse:
    """Shows the chair how far the reviewers agree, what is missing and what stands out."""
    row = find_round(slug)
    read = panels.read_panel(row)
    context = {
        "round": row,
        "panel": read,
        "page": Paginator(read.lines, PAGE).get_page(request.GET.get("page")),
        "odd": sum(len(line.outliers) for line in read.lines),
        "told": panels.told_to_chair(row),
        "happenings": chasing.happenings_of(row, most=12),
        "may_assign": may(request.user, "review.assign") and row.state in {"open", "review"},
        "overdue": request.now >= row.reviews_due_at,
    }
    return render(request, "review/panel.html", context)


@require_safe
@allowed("review.panel")
def panel_json(request: Visit, slug: str) -> HttpResponse:  # noqa: ARG001  every page takes it
    """Gives the panel as JSON."""
    read = panels.read_panel(find_round(slug))
    return JsonResponse(
        {
            "round": slug,
            "agreement_percent": read.agreement_percent,
            "why_not": read.calibration.why_not,
            "requests": panels.rows_of(read),
        }
    )


@require_safe
@allowed("review.panel")
def panel_csv(request: Visit, slug: str) -> HttpResponse:  # noqa: ARG001  every page takes it
    """Gives the panel as CSV."""
    rows = panels.rows_of(panels.read_panel(find_round(slug)))
    return table_file("csv", "panel", panels.COLUMNS, rows)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("review.assign")
def assign(request: Visit, slug: str) -> HttpResponse:
    """Suggests who reads what, lets the chair change it, and sends it."""
    row = find_round(slug)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST":
        try:
            messages.success(request, _take(request, slug))
            return redirect("review:assign", slug)
        except Refused as refused:
            refusals = refused.refusals
    match = assigning.plan_round(row, now=request.now)
    suggestions = assigning.suggestions_of(row)
    context = {
        "round": row,
        "terms": terms_of(row),
        "suggestions": suggestions,
        "plan": match.plan,
        "short": match.plan.short,
        "conflicts": sorted(match.conflicts.items())[:200],
        "conflict_count": len(match.conflicts),
        "readers": people_as("reviewer"),
        "refusals": refusals,
    }
    return render(request, "review/assign.html", context, status=422 if refusals else 200)


def _take(request: Visit, slug: str) -> str:
    """Does what a button of the page asks; says what was done."""
    row, by, now = find_round(slug), request.user, request.now
    verb = request.POST.get("verb", "")
    if verb == "suggest":
        match = assigning.suggest_reviewers(row=row, by=by, now=now)
        return f"{count_of(len(match.plan.pairs), 'reading')} suggested; nobody is asked yet."
    if verb == "send":
        asked = assigning.send_suggestions(row=row, by=by, now=now)
        return f"{count_of(len(asked), 'opinion')} asked for."
    if verb == "chase":
        told = chasing.chase_by_hand(row=row, by=by, now=now)
        return f"{count_of(len(told), 'reminder')} given; nobody is reminded twice a day."
    if verb == "recheck":
        aside = recheck_conflicts(row=row, by=by, now=now)
        return f"{count_of(len(aside), 'opinion')} set aside."
    reviewer = find_person(request.POST.get("reviewer", ""))
    ref = find_request(request.POST.get("ref", ""))
    assigning.edit_suggestion(request=ref, reviewer=reviewer, wanted=verb == "add", by=by, now=now)
    return f"{reviewer} {'is suggested for' if verb == 'add' else 'is taken off'} {ref.ref}."
