"""Pages on which people write requests and see their own."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apportion.adapters.svg.histogram import draw_histogram
from apportion.apps.apply import actions, queries
from apportion.apps.apply.forms import RequestForm
from apportion.apps.people.gates import Visit, allowed
from apportion.apps.rounds.queries import (
    find_round,
    list_areas,
    policy_of,
    rate_card,
)
from apportion.apps.rounds.wording import write_amount
from apportion.core.policy import Policy
from apportion.core.refusals import Refused
from apportion.core.units import BASE_UNITS, MICROCREDITS_PER_CREDIT, format_quantity

SLIDER_STEPS = 200
STEPS = {
    "submit": (actions.submit_request, "is submitted. You can take it back until the round closes"),
    "reopen": (actions.reopen_request, "is a draft again"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("request.file")
def new_request(request: Visit, slug: str) -> HttpResponse:
    """Writes a new request."""
    return _write(request, find_round(slug), None)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("request.file")
def edit_request(request: Visit, ref: str) -> HttpResponse:
    """Goes on with a draft of one's own."""
    row = queries.find_request(ref)
    if row.author_id != request.user.pk and not queries.works_on(request.user, row.project):
        raise Http404
    return _write(request, row.round, row)


@require_POST
@allowed("request.file")
def step(request: Visit, ref: str, verb: str) -> HttpResponse:
    """Submits, takes back or withdraws a request."""
    row = queries.find_request(ref)
    if verb == "withdraw":
        actions.withdraw_request(row=row, by=request.user, now=request.now)
        messages.info(request, f"{row.title} is withdrawn.")
        return redirect("report:mine")
    if verb not in STEPS:
        raise Http404
    act, words = STEPS[verb]
    act(row=row, by=request.user, now=request.now)
    messages.success(request, f"{row.title} {words}.")
    return redirect("apply:edit", ref=ref) if verb == "reopen" else redirect("report:mine")


@require_POST
@allowed("request.file")
def check(request: Visit, slug: str) -> HttpResponse:
    """Looks a request over while it is being written; stores nothing."""
    round_row = find_round(slug)
    form = _form(request, policy_of(round_row), request.POST, {})
    form.is_valid()
    context = {
        "checks": _checks(request, form, policy_of(round_row), slug, request.POST.get("ref"))
    }
    return render(request, "apply/checks.html", context)


def _write(request: Visit, round_row: Any, row: Any) -> HttpResponse:
    policy = policy_of(round_row)
    form = _form(request, policy, request.POST or None, _initial(row, policy))
    refusals: tuple[Any, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(request, form, round_row, row)
            row = saved
            if "submit" in request.POST:
                actions.submit_request(row=saved, by=request.user, now=request.now)
                messages.success(request, f"{saved.title} is submitted as {saved.ref}.")
                return redirect("report:mine")
            messages.success(request, f"Saved as the draft {saved.ref}.")
            return redirect("apply:edit", ref=saved.ref)
        except Refused as refused:
            refusals = refused.refusals
    context = {
        "form": form,
        "round": round_row,
        "row": row,
        "refusals": refusals,
        "checks": _checks(request, form, policy, round_row.slug, row and row.ref),
        "sliders": _sliders(form, policy, round_row.slug, request),
        "standing": _standing(policy, round_row.slug),
        "open": round_row.state == "open" and request.now < round_row.requests_close_at,
    }
    return render(request, "apply/write.html", context, status=422 if refusals else 200)


def _form(request: Visit, policy: Policy, data: Any, initial: dict[str, Any]) -> RequestForm:
    projects = queries.projects_of(request.user)
    if projects:
        initial.setdefault("project", projects[0].slug)
    return RequestForm(
        data,
        projects=[(row.slug, f"{row.title}, {row.area.name}") for row in projects],
        areas=[(area.id, area.name) for area in policy.areas],
        units={code: policy.resources[code].unit for code in policy.pool},
        initial=initial,
    )


def _initial(row: Any, policy: Policy) -> dict[str, Any]:
    if row is None:
        return {}
    draft = queries.draft_of(row)
    initial = {
        "title": row.title,
        "question": row.question,
        "project": row.project.slug,
        "if_minimum": row.if_minimum,
    }
    for place, code in enumerate(policy.pool):
        if code in draft.ask:
            unit = policy.resources[code].unit
            initial[f"minimum_{place}"] = format_quantity(draft.minimum[code], unit)
            initial[f"ask_{place}"] = format_quantity(draft.ask[code], unit)
    return initial


def _save(request: Visit, form: RequestForm, round_row: Any, row: Any) -> Any:
    written = form.cleaned_data
    if written["project"]:
        project = queries.find_project(written["project"])
    else:
        area = next(area for area in list_areas() if area.slug == written["area"])
        title = written["new_project"].strip()
        slug = queries.free_slug(title)
        project = actions.start_project(
            slug=slug, title=title, area=area, lead=request.user, now=request.now
        )
    return actions.save_draft(
        round_row=round_row,
        project=project,
        wish=form.wish(),
        by=request.user,
        now=request.now,
        ref=row.ref if row else None,
    )


def _checks(
    request: Visit, form: RequestForm, policy: Policy, slug: str, ref: str | None
) -> list[queries.Check]:
    """Checks what the form holds now, be it sent, saved or still empty."""
    written = getattr(form, "cleaned_data", None) if form.is_bound else None
    if written is None:
        written = _as_written(form, policy)
    if not any(written.get(name) for name in ("title", "question", "amounts")):
        return []
    project = next(
        (p for p in queries.projects_of(request.user) if p.slug == written.get("project")), None
    )
    return queries.check_wish(
        title=written.get("title", ""),
        question=written.get("question", ""),
        amounts=written.get("amounts", {}),
        area=project.area.slug if project else written.get("area") or policy.areas[0].id,
        policy=policy,
        siblings=queries.sibling_requests(project, slug, ref) if project else (),
    )


def _as_written(form: RequestForm, policy: Policy) -> dict[str, Any]:
    """Reads a saved draft's fields as if they had just been sent."""
    again = RequestForm(
        form.initial,
        projects=[(form.initial.get("project", ""), "")],
        areas=[(area.id, area.name) for area in policy.areas],
        units=form.units,
    )
    again.is_valid()
    return again.cleaned_data


def _sliders(form: RequestForm, policy: Policy, slug: str, request: Visit) -> list[dict[str, Any]]:
    """Lays out each resource: its fields, what others asked, and its price today."""
    asked, rates = queries.asks_of(slug), rate_card()
    sliders = []
    for pair, code in zip(form.amounts(), policy.pool, strict=True):
        unit = policy.resources[code].unit
        per = BASE_UNITS[unit]
        others = asked.get(code, ())
        top = _slider_top(others, policy.awardable(code), per)
        rate = rates.at(code, request.now)
        sliders.append(
            {
                "fields": pair,
                "others": len(others),
                "histogram": draw_histogram(amounts=others, top=top * per),
                "top": top,
                "step": max(top // SLIDER_STEPS, 1),
                "ends": [f"{top * part // 4:,}" for part in range(5)],
                "rate": rate.microcredits_per_unit / MICROCREDITS_PER_CREDIT if rate else None,
            }
        )
    return sliders


def _slider_top(others: tuple[int, ...], awardable: int, per: int) -> int:
    """Ends the slider a little beyond what nearly all asked, at two round digits."""
    reach = others[(len(others) - 1) * 19 // 20] * 5 // 4 if others else awardable // 4
    top = max(min(reach, awardable) // per, 4)
    size = int(10 ** max(len(str(top)) - 2, 0))
    return -(-top // size) * size


def _standing(policy: Policy, slug: str) -> list[tuple[str, str]]:
    """Says how full the round is: per resource what was asked, what there is, the middle ask."""
    asked = queries.asks_of(slug)
    rows: list[tuple[str, str]] = []
    for code in policy.pool:
        unit = policy.resources[code].unit
        asks = asked.get(code, ())
        name = f" of {code}" if len(policy.pool) > 1 else ""
        rows.append((f"Asked so far{name}", write_amount(sum(asks), unit)))
        rows.append((f"To be awarded{name}", write_amount(policy.awardable(code), unit)))
        if asks:
            rows.append((f"Middle ask{name}", write_amount(asks[len(asks) // 2], unit)))
    return rows
