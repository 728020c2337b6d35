"""Adopting a slate and carrying it out: one page that shows who gains and who loses, one button."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apportion.apps.decide.actions import adopt_slate
from apportion.apps.decide.chances import tie_told
from apportion.apps.decide.outlook import look_out
from apportion.apps.decide.queries import candidates, find_slate, latest_slate
from apportion.apps.grant.actions import grant_round
from apportion.apps.people.gates import Visit, allowed
from apportion.apps.rounds.queries import area_positions, find_round, policy_of
from apportion.apps.rounds.wording import count_of
from apportion.core.refusals import Refusal, Refused

SHOWN = 50  # names on a side; the decision file has all of them


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("slate.adopt")
def adopt(request: Visit, slug: str, number: int) -> HttpResponse:
    """Shows what a slate does to whom; on POST adopts it and pays the grants, both or neither."""
    slate = find_slate(slug, number)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST":
        try:
            with transaction.atomic():
                why = request.POST.get("reason", "")
                adopt_slate(slate=slate, by=request.user, now=request.now, tie_reason=why)
                grants = grant_round(row=find_round(slug), by=request.user, now=request.now)
            words = f"Slate {number} is adopted and {count_of(len(grants), 'grant')} paid."
            messages.success(request, words)
            return redirect("decide:board", slug=slug)
        except Refused as refused:
            refusals = refused.refusals
    row = slate.round
    rows = candidates(row, slate)
    policy = policy_of(row)
    outlook = look_out(rows, policy, area_positions(), by_slate=True)
    latest = latest_slate(row)
    context = {
        "round": row,
        "slate": find_slate(slug, number),
        "newest": latest,
        "outlook": outlook,
        "gains": [lot for lot in outlook.lots if lot.outcome == "full"],
        "cuts": [lot for lot in outlook.lots if lot.outcome in {"minimum", "partial"}],
        "losses": [lot for lot in outlook.lots if lot.outcome == "not_yet"],
        "shown": f":{SHOWN}",
        "refusals": refusals,
        "policy": policy,
        "tie_told": tie_told([r.chance for r in rows if r.chance], policy),
    }
    return render(request, "grant/adopt.html", context, status=409 if refusals else 200)
