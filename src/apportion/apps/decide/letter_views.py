"""What applicants read of their outcome, and the letters: previews, templates, as they were sent."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from apportion.apps.apply.queries import find_request
from apportion.apps.decide import letters, outcomes, queries
from apportion.apps.people.gates import Visit, allowed
from apportion.apps.people.queries import may
from apportion.apps.rounds.queries import find_round
from apportion.core.faults import BadInput
from apportion.core.letters import OWED, PLACES, LetterKind, Template

TITLES = {
    LetterKind.AWARD: "Granted in full",
    LetterKind.CUT: "Granted in part",
    LetterKind.NOT_YET: "Not yet",
}


@require_safe
@allowed("outcome.see")
def outcome(request: Visit, ref: str) -> HttpResponse:
    """Says what was decided about one's request, why, the nearest ways in, and how to appeal."""
    row = find_request(ref)
    if row.state in {"draft", "withdrawn"}:
        raise Http404
    if not may(request.user, "slate.see"):
        outcomes.demand_mine(row, request.user)
    found = outcomes.outcome_of(row)
    amounts = list(row.amounts.select_related("resource"))
    written = outcomes.letters_to(row, request.user) if found else []
    context = {
        "row": row,
        "found": found,
        "amounts": [
            (one, found.awards.get(one.resource.code, 0) if found else None) for one in amounts
        ],
        "former": outcomes.former_outcomes(row) if found else [],
        "letter": written[0] if written else None,
        "may_appeal": bool(found) and request.now < row.round.appeals_until_at,
    }
    return render(request, "decide/outcome.html", context)


@require_safe
@allowed("slate.see")
def letter(request: Visit, slug: str, ref: str) -> HttpResponse:
    """Shows the letters about a request as they were written, or what they would say."""
    row, about = find_round(slug), find_request(ref)
    slate = queries.adopted_slate(row) or queries.latest_slate(row)
    if about.round_id != row.pk or slate is None:
        raise Http404
    sent = outcomes.letters_about(about)
    context: dict[str, Any] = {"round": row, "row": about, "slate": slate, "sent": sent}
    if not sent:
        document = queries.document_of(slate)
        award = next((a for a in document["awards"] if a["request"] == ref), None)
        if award is None:
            raise Http404
        context["preview"] = letters.preview_letter(row, about, award, document)
    return render(request, "decide/letter.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("letter.edit")
def template(request: Visit, kind: str) -> HttpResponse:
    """Edits the words of one kind of letter; a new version is kept, and the old ones too."""
    if kind not in {one.value for one in LetterKind}:
        raise Http404
    which = LetterKind(kind)
    held = letters.templates_in_use()[which]
    faults: tuple[Any, ...] = ()
    if request.method == "POST":
        held = Template(
            kind=which,
            subject=request.POST.get("subject", "").strip(),
            body=request.POST.get("body", "").replace("\r\n", "\n"),
        )
        try:
            letters.save_template(template=held, by=request.user, now=request.now)
            messages.success(request, "Kept. Letters written from now on use these words.")
            return redirect("decide:template", kind=kind)
        except BadInput as bad:
            faults = bad.faults
    context = {
        "kind": which,
        "title": TITLES[which],
        "template": held,
        "faults": faults,
        "places": [(name, meaning, name in OWED[which]) for name, meaning in PLACES.items()],
        "kinds": [(one.value, title) for one, title in TITLES.items()],
    }
    return render(request, "decide/template.html", context, status=422 if faults else 200)
