"""Pages that plan a round, open it, close it, and open an urgent one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apportion.apps.people.gates import Visit, allowed
from apportion.apps.rounds import actions
from apportion.apps.rounds.forms import PlanForm, UrgentForm, first_instant
from apportion.apps.rounds.milestones import dates_from
from apportion.apps.rounds.queries import (
    Round,
    find_round,
    list_rounds,
    policy_text,
    resource_units,
)
from apportion.core.faults import BadInput, Fault
from apportion.core.refusals import Refusal, Refused

GET_OR_POST = ["GET", "HEAD", "POST"]


@require_http_methods(GET_OR_POST)
@allowed("round.open")
def plan(request: Visit) -> HttpResponse:
    """Takes a policy and its days; the round opens on its day, or at once without one."""
    form = PlanForm(request.POST or None, initial=_like(request))
    refusals: tuple[Refusal, ...] = ()
    faults: tuple[Fault, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            row = _plan(request, form)
            messages.success(request, f"{row.name}: {row.get_state_display().lower()}.")
            return redirect("report:round", row.slug)
        except Refused as refused:
            refusals = refused.refusals
        except BadInput as bad:
            faults = bad.faults
    context = {"form": form, "refusals": refusals, "faults": faults}
    status = 422 if form.errors or refusals or faults else 200
    return render(request, "rounds/plan.html", context, status=status)


@require_http_methods(GET_OR_POST)
@allowed("round.open")
def urgent(request: Visit) -> HttpResponse:
    """Opens a round of one request that cannot wait."""
    known = request.rounds = list_rounds()
    choices = [(row.slug, row.name) for row in known if row.kind != Round.Kind.URGENT]
    form = UrgentForm(request.POST or None, rounds=choices, units=resource_units())
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            row = actions.open_urgent(
                like=find_round(given["like"]),
                slug=given["slug"],
                why=given["why"],
                pool=given["pool"],
                days=given["days"],
                by=request.user,
                now=request.now,
            )
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, f"{row.name} takes one request.")
            return redirect("report:round", row.slug)
    context = {"form": form, "refusals": refusals, "any": bool(choices)}
    return render(
        request, "rounds/urgent.html", context, status=422 if form.errors or refusals else 200
    )


@require_POST
@allowed("round.open")
def step(request: Visit, slug: str, verb: str) -> HttpResponse:
    """Opens a planned round now, or closes an open one before its day."""
    row = find_round(slug)
    if verb == "open":
        actions.start_round(row=row, by=request.user, now=request.now)
        messages.success(request, f"{row.name} takes requests.")
    else:
        actions.close_round(row=row, by=request.user, now=request.now)
        messages.success(request, f"{row.name} takes no more requests; drafts are kept.")
    return redirect("report:round", slug)


def _plan(request: Visit, form: PlanForm) -> Round:
    given = form.cleaned_data
    opens = given["opens"]
    asked = {
        "slug": given["slug"],
        "name": given["name"],
        "policy_toml": given["policy"].replace("\r\n", "\n"),
        "dates": dates_from(**form.days()),
        "by": request.user,
        "now": request.now,
    }
    if opens is None:
        return actions.open_round(**asked)
    return actions.create_round(**asked, plan=actions.Plan(opens_at=first_instant(opens)))


def _like(request: Visit) -> dict[str, str]:
    """Begins with the policy of a round that went before, where the address names one."""
    slug = request.GET.get("like", "")
    return {"policy": policy_text(find_round(slug))} if slug else {}
