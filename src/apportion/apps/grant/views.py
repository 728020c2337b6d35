"""Adopting a slate, publishing what was adopted, and carrying it out: who gains and who loses first."""

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apportion.apps.decide import publishing
from apportion.apps.decide.actions import adopt_slate
from apportion.apps.decide.chances import tie_told
from apportion.apps.decide.outcomes import letters_of_round
from apportion.apps.decide.outlook import look_out
from apportion.apps.decide.queries import adopted_slate, candidates, find_slate, latest_slate
from apportion.apps.decide.seats import held_of, signatures_of
from apportion.apps.grant.actions import grant_round, publish_round
from apportion.apps.people.gates import Visit, allowed
from apportion.apps.people.queries import may
from apportion.apps.rounds.queries import Round, area_positions, find_round, policy_of
from apportion.apps.rounds.wording import count_of
from apportion.core.faults import BadInput, Fault
from apportion.core.refusals import Refusal, Refused

SHOWN = 50  # names on a side; the decision file has all of them
NINE = time(9, tzinfo=UTC)  # the hour of a day that is given without one


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("slate.adopt")
def adopt(request: Visit, slug: str, number: int) -> HttpResponse:
    """Shows what a slate does to whom; on POST adopts it, and pays what is told at once."""
    slate = find_slate(slug, number)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST":
        try:
            messages.success(request, _adopt(request, slug, number))
            return redirect("decide:board", slug=slug)
        except Refused as refused:
            refusals = refused.refusals
    row = slate.round
    rows = candidates(row, slate)
    policy = policy_of(row)
    outlook = look_out(rows, policy, area_positions(), by_slate=True)
    latest = latest_slate(row)
    names = signatures_of(slate)
    signed = [one for one in names if one.signed_at]
    mine = any(one.person_id == request.user.pk for one in signed)
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
        "names": names,
        "signed": signed,
        "mine": mine,
        "wanted": policy.board.signers,
        "last": len(signed) + (not mine) >= policy.board.signers,
    }
    return render(request, "grant/adopt.html", context, status=409 if refusals else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("slate.see")
def publish(request: Visit, slug: str) -> HttpResponse:
    """Shows what applicants will be told, holds single outcomes back, and publishes the rest."""
    row = find_round(slug)
    if request.method == "POST":
        try:
            messages.success(request, _publish_acts(request, row))
        except Refused as refused:
            for one in refused.refusals[:5]:
                messages.error(request, f"{one.code.meaning} {one.remedy}")
        except BadInput as bad:
            for fault in bad.faults:
                messages.error(request, f"{fault.what.capitalize()}. {fault.remedy}.")
        return redirect("grant:publish", slug=slug)
    slate = adopted_slate(row)
    rows = candidates(row, slate) if slate else ()
    held = held_of(slate) if slate else {}
    written: dict[str, list[Any]] = {}
    for letter in letters_of_round(slug):
        written.setdefault(letter.decision.request.ref, []).append(letter)
    lines = [(one, held.get(one.ref), written.get(one.ref, [])) for one in rows]
    context = {
        "round": row,
        "slate": slate,
        "page": Paginator(lines, SHOWN).get_page(request.GET.get("page")),
        "held": held,
        "ready": sum(1 for one in rows if one.ref not in held and one.ref not in written),
        "told": len(written),
        "may_publish": may(request.user, "slate.adopt") and slate is not None,
    }
    return render(request, "grant/publish.html", context)


def _adopt(request: Visit, slug: str, number: int) -> str:
    held = request.POST
    hold = held.get("how") == "hold"
    with transaction.atomic():
        adopt_slate(
            slate=find_slate(slug, number),
            by=request.user,
            now=request.now,
            tie_reason=held.get("reason", ""),
            hold=hold,
        )
        if hold:
            return f"Slate {number} is adopted. Nobody is told before you publish it."
        grants = grant_round(row=find_round(slug), by=request.user, now=request.now)
    return f"Slate {number} is adopted and {count_of(len(grants), 'grant')} paid."


def _publish_acts(request: Visit, row: Round) -> str:
    """Carries out the one act that the form names, and says what was done."""
    held, by, now = request.POST, request.user, request.now
    ref = held.get("ref", "")

    def publish_now() -> str:
        told, grants = publish_round(row=row, by=by, now=now)
        return f"{count_of(told, 'decision')} published, {count_of(len(grants), 'grant')} paid."

    def hold() -> str:
        until = _day(held.get("until", ""))
        why = held.get("why", "")
        publishing.hold_back(row=row, ref=ref, reason=why, until_at=until, by=by, now=now)
        return f"{ref} is held back until {until:%-d %b}."

    def release() -> str:
        publishing.release_held(row=row, ref=ref, by=by, now=now)
        return f"{ref} goes with the next batch."

    def embargo() -> str:
        at = _day(held.get("at", ""))
        publishing.plan_publication(row=row, at=at, by=by, now=now)
        return f"Publishes by itself on {at:%-d %b, %H:%M} UTC."

    acts: dict[str, Callable[[], str]] = {
        "publish": publish_now,
        "hold": hold,
        "release": release,
        "embargo": embargo,
    }
    act = acts.get(held.get("act", ""))
    if act is None:
        raise BadInput([Fault(file="form", what="no such act", remedy="Use the page's buttons")])
    return act()


def _day(text: str) -> datetime:
    """Reads a day or an instant in UTC."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        fault = Fault(file="form", what="not a day", remedy="Write it as 2026-03-23", value=text)
        raise BadInput([fault]) from error
    if len(text) <= len("2026-03-23"):
        at = datetime.combine(at.date(), NINE)
    return at.replace(tzinfo=at.tzinfo or UTC)
