"""Pages of appeals: the register with its overturns, one appeal, and the forms that file and rule."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apportion.adapters.attachments.parse import SHOWN_AS, kind_of, safe_name
from apportion.apps.appeal import actions, queries
from apportion.apps.appeal.forms import AppealForm, FileForm, Held, RulingForm
from apportion.apps.appeal.wording import appeal_rows
from apportion.apps.apply.queries import Request, find_request
from apportion.apps.decide.outcomes import demand_mine, outcome_of
from apportion.apps.people.acting import act
from apportion.apps.people.gates import Visit, allowed
from apportion.apps.people.queries import may
from apportion.apps.people.tables import KINDS, table_file
from apportion.apps.rounds.queries import resource_units
from apportion.core.appeal.life import OPEN, Ground, State, Verb
from apportion.core.refusals import Refusal, Refused

PAGE = 50


@require_safe
@allowed("appeal.see")
def register(request: Visit) -> HttpResponse:
    """Lists every appeal and how often they succeed, area by area."""
    state = request.GET.get("state", "")
    page = Paginator(queries.list_appeals(state=state), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "state": state,
        "open": queries.list_appeals(state="open").count(),
        "stats": queries.area_stats(),
        "states": [("", "All"), ("open", "Open"), ("upheld", "Upheld"), ("dismissed", "Dismissed")],
    }
    return render(request, "appeal/register.html", context)


@require_safe
@allowed("appeal.see")
def register_file(request: Visit, kind: str) -> HttpResponse:
    """Gives the register as CSV or JSON, without what was written."""
    if kind not in KINDS:
        raise Http404
    rows = appeal_rows(queries.list_appeals(state=request.GET.get("state", "")))
    return table_file(kind, "appeals", queries.COLUMNS, rows)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("appeal.file")
def new(request: Visit, ref: str) -> HttpResponse:
    """Takes an appeal of a decision, while its window is open."""
    row = find_request(ref)
    demand_mine(row, request.user)
    known = queries.appeal_of(ref)
    if known is not None:
        return redirect("appeal:show", ref=known.ref)
    form = AppealForm(request.POST or None, held=_held(row))
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            appeal = actions.file_appeal(
                request=ref,
                ground=Ground(given["ground"]),
                words=given["words"],
                changed=given["changed"],
                by=request.user,
                now=request.now,
            )
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, "The appeal is filed; other people than before decide it.")
            return redirect("appeal:show", ref=appeal.ref)
    told = outcome_of(row)
    still = told is not None and told.outcome != "full" and request.now < told.appeal_until_at
    context = {"row": row, "form": form, "told": told, "open": still, "refusals": refusals}
    status = 422 if form.errors or refusals else 200
    return render(request, "appeal/new.html", context, status=status)


@require_safe
@allowed("appeal.see")
def show(request: Visit, ref: str) -> HttpResponse:
    """Shows an appeal to those who read it whole."""
    return _show(request, ref)


@require_POST
@allowed("appeal.file")
def attach(request: Visit, ref: str) -> HttpResponse:
    """Attaches evidence."""
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, "Choose a file.")
        return redirect("appeal:show", ref=ref)
    given = form.cleaned_data["file"]
    body = given.read()
    kind = kind_of(body)
    if kind is None:
        messages.error(request, "By its bytes this file is none of: PDF, PNG, JPEG, text.")
        return redirect("appeal:show", ref=ref)
    return _act(
        request,
        ref,
        lambda: actions.attach_evidence(
            ref=ref,
            name=safe_name(given.name, kind),
            kind=kind,
            body=body,
            by=request.user,
            now=request.now,
        ),
        "Attached.",
    )


@require_safe
@allowed("appeal.see")
def give_file(request: Visit, ref: str, number: int) -> HttpResponse:
    """Gives an attached file as a download, whatever it holds."""
    row = queries.find_appeal(ref)
    actions.demand_reader(row, request.user)
    kept = queries.find_file(row, number)
    response = HttpResponse(bytes(kept.body), content_type=SHOWN_AS[kept.kind][0])
    response.headers["Content-Disposition"] = content_disposition_header(True, kept.name)
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@allowed("appeal.file")
def withdraw(request: Visit, ref: str) -> HttpResponse:
    """Takes the appeal back."""
    return _act(
        request,
        ref,
        lambda: actions.withdraw_appeal(ref=ref, by=request.user, now=request.now),
        "The appeal is withdrawn.",
    )


@require_POST
@allowed("appeal.decide")
def recuse(request: Visit, ref: str) -> HttpResponse:
    """Steps down."""
    why = request.POST.get("why", "")
    return _act(
        request,
        ref,
        lambda: actions.recuse(ref=ref, why=why, by=request.user, now=request.now),
        "You stepped down; somebody else was drawn.",
    )


@require_POST
@allowed("appeal.name")
def name(request: Visit, ref: str) -> HttpResponse:
    """Names a decider where the draw found too few."""
    person = request.POST.get("person", "")
    return _act(
        request,
        ref,
        lambda: actions.name_decider(ref=ref, person=person, by=request.user, now=request.now),
        "The chair is taken.",
    )


@require_POST
@allowed("appeal.decide")
def rule(request: Visit, ref: str) -> HttpResponse:
    """Writes the ruling; the last signature carries it out."""
    row = queries.find_appeal(ref)
    form = RulingForm(request.POST, held=_held(row.request))
    if not form.is_valid():
        return _show(request, ref, form=form)
    given = form.cleaned_data
    changed = given["changed"]
    return _act(
        request,
        ref,
        lambda: actions.propose_ruling(
            ref=ref,
            ruling=Verb(given["ruling"]),
            reasons=given["reasons"],
            share=given["share"],
            changed=None if changed.is_empty else changed,
            by=request.user,
            now=request.now,
        ),
        "The ruling is signed by you.",
        form=form,
    )


@require_POST
@allowed("appeal.decide")
def sign(request: Visit, ref: str) -> HttpResponse:
    """Signs the ruling."""
    return _act(
        request,
        ref,
        lambda: actions.sign_ruling(ref=ref, by=request.user, now=request.now),
        "You signed.",
    )


def _act(
    request: Visit,
    ref: str,
    verb: Callable[[], object],
    done: str,
    form: RulingForm | None = None,
) -> HttpResponse:
    """Does a verb; a refusal is told on the appeal's own page, and nothing typed is lost."""
    return act(
        request,
        verb,
        done=done,
        home=reverse("appeal:show", args=[ref]),
        refused=lambda refusals: _show(request, ref, refusals=refusals, form=form),
    )


def _show(
    request: Visit,
    ref: str,
    *,
    refusals: tuple[Refusal, ...] = (),
    form: RulingForm | None = None,
) -> HttpResponse:
    row = queries.find_appeal(ref)
    actions.demand_reader(row, request.user)
    chair = queries.decider_of(row, request.user)
    alive = row.state in OPEN
    decides = alive and chair is not None and may(request.user, "appeal.decide")
    units = resource_units()
    reserves = queries.reserves_for(row.request.round)
    context = {
        "row": row,
        "alive": alive,
        "told": outcome_of(row.request),
        "chairs": queries.deciders_of(row),
        "missing": row.wanted - len(queries.sitting(row)) if alive else 0,
        "barred": [one for one in queries.candidates_for(row, now=request.now) if one.barred]
        if alive
        else [],
        "files": queries.files_of(row),
        "file_form": FileForm() if alive and row.filed_by_id == request.user.pk else None,
        "steps": queries.steps_of(row),
        "asked": _amounts(row.changed, units),
        "ruled": _amounts(row.ruled, units),
        "extra": [(code, amount, units.get(code, "hour")) for code, amount in row.extra.items()],
        "reserves": [(code, one, units.get(code, "hour")) for code, one in reserves.items()],
        "refusals": refusals,
        "form": form or RulingForm(held=_held(row.request)) if decides else None,
        "may_sign": decides
        and chair is not None
        and row.state == State.PROPOSED
        and chair.signed_at is None,
        "may_withdraw": alive and row.filed_by_id == request.user.pk,
        "may_name": alive and may(request.user, "appeal.name"),
    }
    wrong = bool(refusals) or bool(form and form.errors)
    return render(request, "appeal/show.html", context, status=409 if wrong else 200)


def _held(row: Request) -> Held:
    units = resource_units()
    return {
        one.resource.code: (units[one.resource.code], one.minimum, one.ask)
        for one in row.amounts.select_related("resource")
    }


def _amounts(held: dict[str, dict[str, int]], units: object) -> list[tuple[str, str, int, object]]:
    """Lists changed amounts: which part, of what, how much, in which unit."""
    return [
        (part, code, amount, units.get(code, "hour"))  # type: ignore[attr-defined]  # a mapping
        for part in ("minimum", "ask")
        for code, amount in held.get(part, {}).items()
    ]
