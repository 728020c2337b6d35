"""Pages of changes: the register, one ask with its answer, and the form that asks."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apportion.apps.apply.queries import find_project, works_on
from apportion.apps.change import actions, queries
from apportion.apps.change.forms import AnswerForm, AskForm, first_instant
from apportion.apps.change.wording import change_rows
from apportion.apps.people.acting import act
from apportion.apps.people.gates import Visit, allowed
from apportion.apps.people.queries import may
from apportion.apps.people.tables import KINDS, table_file
from apportion.apps.rounds.queries import resource_units
from apportion.core.change.asking import WAITING, State, What, Wish
from apportion.core.refusals import Refusal, Refused

PAGE = 50


@require_safe
@allowed("change.see")
def register(request: Visit) -> HttpResponse:
    """Lists what was asked after awards, and how it was answered."""
    state = request.GET.get("state", "")
    rows = queries.list_changes(state=state)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    units = resource_units()
    context = {
        "page": page,
        "lines": [(row, units.get(row.resource.code, "hour")) for row in page],
        "state": state,
        "waiting": queries.list_changes(state="waiting").count(),
        "states": [("", "All"), ("waiting", "Waiting"), ("granted", "Granted")],
    }
    return render(request, "change/register.html", context)


@require_safe
@allowed("change.see")
def register_file(request: Visit, kind: str) -> HttpResponse:
    """Gives the register as CSV or JSON."""
    if kind not in KINDS:
        raise Http404
    rows = change_rows(queries.list_changes(state=request.GET.get("state", "")), resource_units())
    return table_file(kind, "changes", queries.COLUMNS, rows)


@require_safe
@allowed("change.see")
def show(request: Visit, ref: str) -> HttpResponse:
    """Shows one ask: what it would do, what stands against it, and every step."""
    return _show(request, ref)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("change.ask")
def ask(request: Visit, slug: str) -> HttpResponse:
    """Takes an ask; what stands against it is told beside the form."""
    project = find_project(slug)
    units = resource_units()
    form = AskForm(request.POST or None, units=units, initial=request.GET.dict())
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            wish = Wish(
                what=What(given["what"]),
                project=slug,
                resource=given["resource"],
                amount=given["size"],
                other=given["other"].strip() or None,
                until=first_instant(given["until"]) if given["until"] else None,
            )
            row = actions.ask_change(wish=wish, why=given["why"], by=request.user, now=request.now)
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, f"{row.get_what_display()}: {row.get_state_display()}.")
            return redirect("change:show", ref=row.ref)
    context = {
        "form": form,
        "project": project,
        "mine": works_on(request.user, project),
        "refusals": refusals,
    }
    status = 422 if form.errors or refusals else 200
    return render(request, "change/ask.html", context, status=status)


@require_POST
@allowed("change.ask")
def agree(request: Visit, ref: str) -> HttpResponse:
    """Agrees to a transfer."""
    return _act(
        request,
        ref,
        lambda: actions.agree_change(ref=ref, by=request.user, now=request.now),
        "You agreed; the board answers next.",
    )


@require_POST
@allowed("change.decide")
def answer(request: Visit, ref: str) -> HttpResponse:
    """Grants an ask, or says not this time."""
    form = AnswerForm(request.POST)
    why = form.cleaned_data["why"] if form.is_valid() else ""
    grant = request.POST.get("answer") == "grant"
    return _act(
        request,
        ref,
        lambda: actions.answer_change(
            ref=ref, grant=grant, why=why, by=request.user, now=request.now
        ),
        "Granted, and posted." if grant else "Answered: not this time.",
    )


@require_POST
@allowed("change.ask")
def withdraw(request: Visit, ref: str) -> HttpResponse:
    """Takes back an ask."""
    return _act(
        request,
        ref,
        lambda: actions.withdraw_change(ref=ref, by=request.user, now=request.now),
        "Withdrawn.",
    )


@require_POST
@allowed("change.ask")
def undo(request: Visit, ref: str) -> HttpResponse:
    """Takes back a return."""
    return _act(
        request,
        ref,
        lambda: actions.undo_return(ref=ref, by=request.user, now=request.now),
        "The credits are back with the project.",
    )


def _act(request: Visit, ref: str, verb: Callable[[], object], done: str) -> HttpResponse:
    """Does a verb; a refusal is told on the ask's own page."""
    return act(
        request,
        verb,
        done=done,
        home=reverse("change:show", args=[ref]),
        refused=lambda refusals: _show(request, ref, refusals=refusals),
    )


def _show(request: Visit, ref: str, *, refusals: tuple[Refusal, ...] = ()) -> HttpResponse:
    row = queries.find_change(ref)
    waits = row.state in WAITING
    party = queries.is_party(request.user, row)
    other = row.other is not None and works_on(request.user, row.other)
    weighed = actions.reweigh(row, now=request.now) if waits else None
    context = {
        "row": row,
        "unit": resource_units().get(row.resource.code, "hour"),
        "steps": queries.steps_of(ref),
        "refusals": refusals,
        "weighed": weighed,
        "form": AnswerForm(),
        "may_answer": waits
        and not party
        and may(request.user, "change.decide")
        and (row.other is None or row.state == State.AGREED),
        "may_agree": other and row.state == State.ASKED,
        "may_withdraw": waits and works_on(request.user, row.project),
        "may_undo": row.what == What.RETURN
        and row.state == State.GRANTED
        and works_on(request.user, row.project),
    }
    return render(request, "change/show.html", context, status=409 if refusals else 200)
