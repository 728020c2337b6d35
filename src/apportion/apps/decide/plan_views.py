"""The board's keys and forms: moving, taking back, undoing, and who did what meanwhile."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from apportion.apps.apply.queries import find_request
from apportion.apps.decide import plans, seats, signing
from apportion.apps.decide.comparing import comparison_told, units_of
from apportion.apps.decide.queries import find_slate, titles
from apportion.apps.decide.shown import compared
from apportion.apps.people.gates import Visit, allowed
from apportion.apps.people.tables import table_file
from apportion.apps.rounds.queries import Round, find_round, policy_of
from apportion.core.decide.overrides import PINS, Moved, Override
from apportion.core.faults import BadInput, Fault
from apportion.core.refusals import Refused
from apportion.core.units import BASE_UNITS

ACTS = ("number", "at", "who", "verb", "about", "why", "slate")
MOST_DIGITS = 15
MOST = 10**MOST_DIGITS


@require_POST
@allowed("slate.propose")
def move(request: Visit, slug: str) -> HttpResponse:
    """Moves one thing in the plan and keeps it; what cannot be is told on the board."""
    row, held = find_round(slug), request.POST

    def carry_out() -> str:
        override = read_move(row, held)
        changed = plans.move_plan(
            row=row, seen=_seen(held), override=override, by=request.user, now=request.now
        )
        return " ".join(comparison_told(changed.comparison, units_of(changed.document)))

    return _done(request, slug, carry_out, focus=held.get("owner", ""))


@require_POST
@allowed("slate.propose")
def take_back(request: Visit, slug: str) -> HttpResponse:
    """Gives something that the board had moved back to the engine."""
    row, held = find_round(slug), request.POST
    about = (held.get("kind", "pin"), held.get("owner", ""), held.get("resource", ""))

    def carry_out() -> str:
        changed = plans.take_back(
            row=row, seen=_seen(held), about=about, by=request.user, now=request.now
        )
        return " ".join(comparison_told(changed.comparison, units_of(changed.document)))

    return _done(request, slug, carry_out, focus=held.get("owner", ""))


@require_POST
@allowed("slate.propose")
def undo(request: Visit, slug: str) -> HttpResponse:
    """Undoes the last move, or redoes what was undone."""
    row, held = find_round(slug), request.POST
    step = plans.redo_move if "redo" in held else plans.undo_move

    def carry_out() -> str:
        slate = step(row=row, seen=_seen(held), by=request.user, now=request.now)
        return f"The plan is slate {slate.number} again."

    return _done(request, slug, carry_out)


@require_safe
@allowed("slate.propose")
def preview(request: Visit, slug: str) -> HttpResponse:
    """Shows what a move would change; keeps nothing and needs no reason yet."""
    row, held = find_round(slug), request.GET
    try:
        override = read_move(row, held, why="not yet said")
        changed = plans.move_plan(
            row=row,
            seen=_seen(held),
            override=override,
            by=request.user,
            now=request.now,
            keep=False,
        )
    except BadInput as bad:
        return render(request, "decide/previewed.html", {"faults": bad.faults})
    except Refused as refused:
        return render(request, "decide/previewed.html", {"refusals": refused.refusals})
    context = compared(changed.comparison, units_of(changed.document), titles(row))
    if override.moved is Moved.MINIMUM:
        context["drops"] = find_request(override.owner).if_minimum
    return render(request, "decide/previewed.html", context)


@require_POST
@allowed("slate.see")
def pulse(request: Visit, slug: str) -> HttpResponse:
    """Says that one is here, and tells what others did since; nothing where nothing happened."""
    row = find_round(slug)
    seats.take_seat(row=row, by=request.user, now=request.now)
    since = _whole(request.POST.get("edit", ""))
    news = seats.acts_of(row, since=since, most=5)
    people = seats.seated(row, now=request.now)
    context = {
        "round": row,
        "acts": [act for act in news if act.who != str(request.user)],
        "edit": since,
        "people": seats.initials([p for p in people if p.pk != request.user.pk]),
    }
    return render(request, "decide/pulse.html", context)


@require_safe
@allowed("slate.see")
def acts(request: Visit, slug: str) -> HttpResponse:
    """Lists who did what on the board when, and why."""
    row = find_round(slug)
    return render(request, "decide/acts.html", {"round": row, "acts": seats.acts_of(row)})


@require_safe
@allowed("slate.see")
def acts_file(request: Visit, slug: str, shape: str) -> HttpResponse:  # noqa: ARG001  a view
    """Gives the same as CSV or JSON."""
    rows = [{name: getattr(act, name) for name in ACTS} for act in seats.acts_of(find_round(slug))]
    if shape == "json":
        return JsonResponse({"round": slug, "acts": rows})
    return table_file("csv", "acts", ACTS, rows)


@require_POST
@allowed("slate.adopt")
def ask(request: Visit, slug: str, number: int) -> HttpResponse:
    """Asks as many board members to sign as the policy wants."""
    slate = find_slate(slug, number)

    def carry_out() -> str:
        names = signing.ask_signers(slate=slate, by=request.user, now=request.now)
        waiting = [str(one.person) for one in names if not one.signed_at and not one.released_at]
        return f"Asked to sign: {', '.join(waiting)}." if waiting else "Everybody has signed."

    return _done(request, slug, carry_out, to=reverse("grant:adopt", args=[slug, number]))


@require_POST
@allowed("slate.adopt")
def sign(request: Visit, slug: str, number: int) -> HttpResponse:
    """Puts one's name under a slate."""
    slate = find_slate(slug, number)

    def carry_out() -> str:
        signing.sign_slate(slate=slate, by=request.user, now=request.now)
        return f"You have signed slate {number}."

    return _done(request, slug, carry_out, to=reverse("grant:adopt", args=[slug, number]))


def read_move(row: Round, held: QueryDict, *, why: str = "") -> Override:
    """Reads a move out of a form: a request with where it goes, or the line with its amount.

    Raises: BadInput.
    """
    moved = held.get("moved", "")
    reason = held.get("why", "").strip() or why
    if moved in {pin.value for pin in PINS}:
        return Override(moved=Moved(moved), owner=held.get("owner", ""), why=reason)
    if moved != Moved.POOL:
        remedy = "Grant it, hold it to its minimum, say not yet, or move the line"
        raise BadInput([Fault(file="move", what="no such move", remedy=remedy, value=moved)])
    policy = policy_of(row)
    resource = next(iter(policy.pool))
    unit = policy.resources[resource].unit
    try:
        amount = Decimal(held.get("amount", "").replace(",", "").strip()[:MOST_DIGITS])
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or not 0 <= amount < MOST:
        remedy = "Write a plain number such as 1200"
        fault = Fault(file="move", what="not an amount", remedy=remedy, value=held.get("amount"))
        raise BadInput([fault])
    to = int(amount * BASE_UNITS[unit])
    return Override(moved=Moved.POOL, owner="", resource=resource, to=to, why=reason)


def _done(
    request: Visit, slug: str, carry_out: Callable[[], str], *, focus: str = "", to: str = ""
) -> HttpResponse:
    """Carries an act out and goes back to where it was asked for, with what came of it."""
    try:
        messages.success(request, carry_out())
    except Refused as refused:
        for one in refused.refusals[:5]:
            messages.error(request, f"{one.code.meaning} {one.remedy}")
    except BadInput as bad:
        for fault in bad.faults[:5]:
            messages.error(request, f"{fault.what.capitalize()}. {fault.remedy}.")
    if to:
        return redirect(to)
    board = reverse("decide:board", args=[slug])
    return redirect(f"{board}?{urlencode({'focus': focus})}#around" if focus else board)


def _seen(held: Any) -> int:
    return _whole(held.get("seen", ""))


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < MOST_DIGITS else 0
