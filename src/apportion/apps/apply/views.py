"""Pages on which people begin, write, submit, take back and withdraw requests."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apportion.apps.apply import actions, drafts, queries, standing
from apportion.apps.apply.attaching import attachments_of
from apportion.apps.apply.forms import RequestForm, StartForm
from apportion.apps.apply.sliders import lay_out
from apportion.apps.people.gates import Visit, allowed
from apportion.apps.rounds.queries import (
    Round,
    call_of,
    find_round,
    list_areas,
    policy_of,
)
from apportion.apps.rounds.wording import count_of, listed, unit_label, write_amount
from apportion.core.apply.call import Call
from apportion.core.policy import Policy
from apportion.core.refusals import Refused

STEPS = {
    "submit": (actions.submit_request, "is submitted. You can take it back until the round closes"),
    "reopen": (actions.reopen_request, "is a draft again"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("request.file")
def new_request(request: Visit, slug: str) -> HttpResponse:
    """Says who may ask and what will be asked, and begins a draft."""
    round_row = actions.current_intake(row=find_round(slug), now=request.now)
    policy, call = policy_of(round_row), call_of(round_row)
    projects = queries.projects_of(request.user)
    form = StartForm(
        request.POST or None,
        projects=[(row.slug, f"{row.title}, {row.area.name}") for row in projects],
        areas=[(area.id, area.name) for area in policy.areas],
    )
    refusals: tuple[Any, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            row = _begin(request, form, round_row, policy, call)
            return _after_writing(request, row)
        except Refused as refused:
            refusals = refused.refusals
    context = {
        "form": form,
        "round": round_row,
        "call": call,
        "sizes": _sizes(call, policy),
        "rules": standing.rules_of(round_row, request.user, None, request.now),
        "refusals": refusals,
        "open": _is_open(round_row, request),
    }
    status = 422 if refusals or form.errors else 200
    return render(request, "apply/new.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("request.file")
def edit_request(request: Visit, ref: str) -> HttpResponse:
    """Goes on with a draft of one's own."""
    row = find_own(request, ref)
    if request.method == "POST":
        saved = keep_sent(request, row)
        if saved.clashes:
            return write_page(request, saved.row, saved=saved, status=409)
        return _after_writing(request, saved.row)
    return write_page(request, row)


@require_POST
@allowed("request.file")
def step(request: Visit, ref: str, verb: str) -> HttpResponse:
    """Submits, takes back or withdraws a request, or moves a draft into another round."""
    row = queries.find_request(ref)
    if verb == "withdraw":
        why = request.POST.get("why", "").strip()
        actions.withdraw_request(row=row, by=request.user, now=request.now, why=why)
        messages.info(request, f"{row.title} is withdrawn.")
        return redirect("report:mine")
    if verb == "move":
        to = find_round(request.POST.get("round", ""))
        actions.move_draft(row=row, to=to, by=request.user, now=request.now)
        messages.success(request, f"{row.title} is a draft for {to.name} now.")
        return redirect("apply:edit", ref=ref)
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
    policy, call = policy_of(round_row), call_of(round_row)
    form = form_of(policy, call, data=request.POST)
    context = {"checks": checks_of(request, form.content(), round_row, policy, call)}
    return render(request, "apply/checks.html", context)


def find_own(request: Visit, ref: str) -> Any:
    """Finds a request that the visitor writes; to others it is not there."""
    row = queries.find_request(ref)
    if not drafts.writes(request.user, row):
        raise Http404
    return row


def form_of(policy: Policy, call: Call, **more: Any) -> RequestForm:
    """Makes the form that a round asks for."""
    units = {str(code): policy.resources[code].unit for code in policy.pool}
    return RequestForm(more.pop("data", None), units=units, questions=call.questions, **more)


def keep_sent(request: Visit, row: Any) -> drafts.Saved:
    """Keeps what a page sent, on top of the version that the page had seen.

    Refuses: NOT_ALLOWED, WRONG_STATE, OUT_OF_RANGE.
    """
    form = form_of(policy_of(row.round), call_of(row.round), data=request.POST)
    content = form.content()
    for kept in request.POST.getlist("take"):  # of a clash: mine instead of theirs
        if (text := request.POST.get(f"mine:{kept}")) is not None:
            content[kept] = text
    project = request.POST.get("project", row.project.slug)
    if project != row.project.slug:
        to = queries.find_project(project)
        row = actions.move_draft(row=row, to=to, by=request.user, now=request.now)
    base = request.POST.get("version", "")
    return drafts.keep_words(
        row=row,
        content=content,
        base=int(base) if base.isdecimal() and len(base) < 9 else None,
        by=request.user,
        now=request.now,
    )


def write_page(
    request: Visit,
    row: Any,
    *,
    saved: drafts.Saved | None = None,
    refusals: tuple[Any, ...] = (),
    status: int = 200,
) -> HttpResponse:
    """Shows the page on which a draft is written."""
    policy, call = policy_of(row.round), call_of(row.round)
    content = saved.content if saved else drafts.content_of(row)
    projects = queries.projects_of(request.user)
    known = {one.slug: f"{one.title}, {one.area.name}" for one in [row.project, *projects]}
    shown: dict[str, Any] = {"content": {**content, "project": row.project.slug}}
    if refusals:  # what stands in the way is told beside its field
        shown["data"] = _as_sent(form_of(policy, call, **shown), row.project.slug)
    form = form_of(policy, call, projects=list(known.items()), **shown)
    context = {
        "form": form,
        "round": row.round,
        "row": row,
        "refusals": refusals,
        "clashes": [(form.label_of(one.field), one) for one in saved.clashes] if saved else (),
        "checks": checks_of(request, content, row.round, policy, call, row=row),
        "sliders": lay_out(form, policy, row, now=request.now),
        "standing": _standing(policy, row.round.slug),
        "attachments": attachments_of(row),
        "attach": call.attachments,
        "co_authors": row.co_authors.select_related("person"),
        "open": _is_open(row.round, request),
        "elsewhere": _elsewhere(row, request),
    }
    return render(request, "apply/write.html", context, status=status)


def checks_of(
    request: Visit,
    content: dict[str, str],
    round_row: Round,
    policy: Policy,
    call: Call,
    *,
    row: Any = None,
) -> list[queries.Check]:
    """Checks what is written so far; nothing is said of a page that is still empty."""
    if not any(text.strip() for text in content.values()):
        return []
    ref = row.ref if row else request.POST.get("ref") or ""
    if row is None and ref:
        row = queries.find_request(ref)
    slug = request.POST.get("project") or (row.project.slug if row else "")
    mine = {one.slug: one for one in queries.projects_of(request.user)}
    project = mine.get(slug) or (row.project if row and row.project.slug == slug else None)
    more = []
    if project is not None and row is not None:
        barred = standing.find_ineligible(
            round_row, request.user, project, request.now, but=row.ref
        )
        more += [queries.Check(state="no", words=one.remedy) for one in barred]
        unknown = standing.unknown_names(content, row)
        more += [queries.Check(state="note", words=words) for words in unknown]
    words = f"{content.get('title', '')} {content.get('question', '')}"
    for alike, other in standing.find_similar(words, but=project):
        shared = listed(alike.shared)
        told = f"{other.project} asks something close ({shared}): {other.title}. Say what differs."
        more.append(queries.Check(state="note", words=told, ref=other.ref))
    area = project.area.slug if project else request.POST.get("area") or policy.areas[0].id
    siblings = queries.sibling_requests(project, round_row.slug, ref) if project else ()
    return queries.check_written(
        content, area=area, policy=policy, call=call, siblings=siblings, more=more
    )


def _begin(request: Visit, form: StartForm, round_row: Round, policy: Policy, call: Call) -> Any:
    written = form.cleaned_data
    actions.demand_open(round_row, request.now)  # before a project is started in vain
    if written["project"]:
        project = queries.find_project(written["project"])
    else:
        area = next(area for area in list_areas() if area.slug == written["area"])
        title = written["new_project"].strip()
        slug = queries.free_slug(title)
        project = actions.start_project(
            slug=slug, title=title, area=area, lead=request.user, now=request.now
        )
    content = form_of(policy, call, data=request.POST).content()
    return actions.start_draft(
        round_row=round_row, project=project, content=content, by=request.user, now=request.now
    )


def _after_writing(request: Visit, row: Any) -> HttpResponse:
    """Goes on after a save: submits where that was asked for, and says what stands in the way."""
    if "submit" not in request.POST:
        if "begin" not in request.POST:
            messages.success(request, f"Saved as the draft {row.ref}.")
        return redirect("apply:edit", ref=row.ref)
    try:
        actions.submit_request(row=row, by=request.user, now=request.now)
    except Refused as refused:
        return write_page(request, row, refusals=refused.refusals, status=422)
    messages.success(request, f"{row.title} is submitted as {row.ref}.")
    return redirect("report:mine")


def _as_sent(form: RequestForm, project: str) -> QueryDict:
    """Gives a kept draft as a browser would send it, so that its faults show beside their fields."""
    sent = QueryDict(mutable=True)
    for name in form.fields:
        value = form.get_initial_for_field(form.fields[name], name)
        if value:
            sent[name] = "on" if value is True else str(value)
    sent["project"] = project
    sent.setdefault("title", "")
    return sent


def _is_open(row: Round, request: Visit) -> bool:
    rolls = row.kind == Round.Kind.ROLLING  # what comes late counts for the next cut-off
    return row.state == "open" and (rolls or request.now < row.requests_close_at)


def _elsewhere(row: Any, request: Visit) -> Any:
    """Names the round into which a draft that came too late may go."""
    if row.state != "draft" or _is_open(row.round, request):
        return None
    return actions.next_open(but=row.round, now=request.now)


def _sizes(call: Call, policy: Policy) -> list[str]:
    """Says what the fast lane takes, per resource."""
    lane = call.fast_lane
    most = (
        {code: (amount, policy.resources[code].unit) for code, amount in lane.most.items()}
        if lane
        else {}
    )
    return [
        f"{write_amount(amount, unit)} {unit_label(code, unit)}"
        for code, (amount, unit) in most.items()
    ]


def _standing(policy: Policy, slug: str) -> list[tuple[str, str]]:
    """Says how full the round is: per resource what was asked, what there is, the middle ask."""
    asked = queries.asks_of(slug)
    rows: list[tuple[str, str]] = [
        ("Requests so far", count_of(queries.count_requests(slug), "request"))
    ]
    for code in policy.pool:
        unit = policy.resources[code].unit
        asks = asked.get(code, ())
        name = f" of {code}" if len(policy.pool) > 1 else ""
        rows.append((f"Asked so far{name}", write_amount(sum(asks), unit)))
        rows.append((f"To be awarded{name}", write_amount(policy.awardable(code), unit)))
        if asks:
            rows.append((f"Middle ask{name}", write_amount(asks[len(asks) // 2], unit)))
    return rows
