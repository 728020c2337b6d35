"""The decision board, and slates as files."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from apportion.apps.decide import actions, queries
from apportion.apps.decide.chances import tie_told
from apportion.apps.decide.comparing import (
    compared_rows,
    comparison_told,
    fairness_told,
    grouped,
    treated_rows,
    units_of,
)
from apportion.apps.decide.outlook import Lot, draw_outlook, look_out
from apportion.apps.decide.queries import document_of
from apportion.apps.evidence.queries import powers_of
from apportion.apps.people.gates import Visit, allowed
from apportion.apps.people.queries import may
from apportion.apps.rounds.queries import Round, area_positions, find_round, policy_of
from apportion.core.decide.compare import Comparison, compare
from apportion.core.decide.fairness import fairness_of
from apportion.core.decide.overrides import Moved, Override
from apportion.core.evidence.estimate import Shown
from apportion.core.faults import BadInput

PAGE = 50


@require_safe
@allowed("slate.see")
def board(request: Visit, slug: str) -> HttpResponse:
    """Shows where the line lies, who is around it and why."""
    row = find_round(slug)
    slate = queries.latest_slate(row)
    rows = queries.candidates(row, slate)
    policy = policy_of(row)
    outlook = look_out(rows, policy, area_positions(), by_slate=slate is not None)
    line = outlook.line_at
    pages = Paginator(outlook.lots, PAGE)
    around = max(min(line, len(outlook.lots) - 1), 0) // PAGE + 1
    page = pages.get_page(request.GET.get("page") or around)
    at = line - (page.start_index() - 1) if outlook.lots else 0
    context = {
        "round": row,
        "slate": slate,
        "outlook": outlook,
        "skyline": draw_outlook(outlook, key="board", tall=False),
        "page": page,
        "line": at if 0 <= at <= len(page.object_list) else None,
        "tally": _tally(outlook.lots),
        "powers": _powers(tuple(page), request),
        "policy": policy,
        "tie_told": tie_told([r.chance for r in rows if r.chance], policy),
        "focus": request.GET.get("focus") or _first_below(tuple(page)),
        "may_propose": may(request.user, "slate.propose") and row.state in {"open", "review"},
        "others": queries.other_slates(slate) if slate else [],
        "may_move": may(request.user, "slate.propose") and slate and slate.adopted_at is None,
        "may_adopt": may(request.user, "slate.adopt") and slate and slate.adopted_at is None,
    }
    return render(request, "decide/board.html", context)


@require_POST
@allowed("slate.propose")
def reveal(request: Visit, slug: str) -> HttpResponse:
    """Tells the seed whose hash was published, so that lots can be drawn."""
    row = find_round(slug)
    seed = request.POST.get("seed", "").strip()
    actions.reveal_seed(row=row, seed=seed, by=request.user, now=request.now)
    words = "The seed is the one that was promised. Scores are closed; propose again to draw."
    messages.success(request, words)
    return redirect("decide:board", slug=slug)


@require_POST
@allowed("slate.propose")
def propose(request: Visit, slug: str) -> HttpResponse:
    """Runs the engine on the round as it stands."""
    row = find_round(slug)
    slate = actions.propose_slate(row=row, by=request.user, now=request.now)
    messages.success(request, f"Slate {slate.number} is proposed. Nothing is granted yet.")
    return redirect("decide:board", slug=slug)


@require_POST
@allowed("slate.propose")
def what_if(request: Visit, slug: str, number: int) -> HttpResponse:
    """Shows what putting a request in or out would change, or keeps it as a new slate."""
    slate = queries.find_slate(slug, number)
    held = request.POST
    pin = Override(
        moved=Moved.IN if held.get("moved") == Moved.IN else Moved.OUT,
        owner=held.get("owner", ""),
        why=held.get("why", ""),
    )
    try:
        if "keep" in held:
            kept = actions.move_slate(
                slate=slate, overrides=[pin], by=request.user, now=request.now
            )
            messages.success(request, f"Slate {kept.number} is proposed. Nothing is granted yet.")
            return redirect("decide:board", slug=slug)
        found = actions.preview_move(slate=slate, overrides=[pin], by=request.user)
    except BadInput as bad:
        context = {"round": slate.round, "slate": slate, "faults": bad.faults}
        return _moved(request, context, status=422)
    context = _compared(slate.round, found.comparison, document_of(slate))
    return _moved(request, {**context, "slate": slate, "pin": pin}, status=200)


@require_safe
@allowed("slate.see")
def compare_slates(request: Visit, slug: str, number: int, other: int) -> HttpResponse:
    """Shows who gains and who loses between two slates, and how the second treats the areas."""
    before, after = queries.find_slate(slug, number), queries.find_slate(slug, other)
    first, second = document_of(before), document_of(after)
    context = _compared(before.round, compare(first, second), first)
    report = fairness_of(second)
    names = {area["id"]: area["name"] for area in second["snapshot"]["policy"]["areas"]}
    context |= {
        "before": before,
        "after": after,
        "overrides": second.get("overrides", ()),
        "fairness": [
            {**line, "area": names.get(line["area"], line["area"])} for line in treated_rows(report)
        ],
        "fairness_told": list(fairness_told(report)),
    }
    return render(request, "decide/compare.html", context)


def _moved(request: Visit, context: dict[str, Any], *, status: int) -> HttpResponse:
    """A part of the board where the page asks for one (which swaps in nothing but a 200), else a page."""
    if request.headers.get("HX-Request"):
        return render(request, "decide/movedpart.html", context)
    return render(request, "decide/moved.html", context, status=status)


def _compared(row: Round, comparison: Comparison, document: Mapping[str, Any]) -> dict[str, Any]:
    """A comparison as the templates show it: requests by their titles, amounts to be read."""
    titles, units = queries.titles(row), units_of(document)
    rows = [
        {
            **line,
            "title": titles.get(str(line["request"]), line["request"]),
            "amount_before": grouped(str(line["amount_before"])),
            "amount_after": grouped(str(line["amount_after"])),
        }
        for line in compared_rows(comparison, units)
    ]
    return {"round": row, "told": list(comparison_told(comparison, units)), "rows": rows}


@require_safe
@allowed("slate.see")
def slate_file(request: Visit, slug: str, number: int) -> HttpResponse:  # noqa: ARG001  a view
    """Gives a slate as its decision file, byte for byte."""
    slate = queries.find_slate(slug, number)
    response = HttpResponse(slate.document, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="decision-{number}.json"'
    return response


def _first_below(lots: Sequence[Lot]) -> str | None:
    """Opens the first denial, the reason that people look for."""
    return next((lot.row.ref for lot in lots if not lot.fits and lot.row.reasons), None)


def _powers(lots: Sequence[Lot], request: Visit) -> dict[str, dict[str, Shown]]:
    """Tells what each possible award could still show, where a request rests on an experiment."""
    return powers_of(
        {
            lot.row.ref: {
                "minimum": {one.resource: one.minimum for one in lot.row.amounts},
                "ask": {one.resource: one.ask for one in lot.row.amounts},
                "offer": {one.resource: one.award or 0 for one in lot.row.amounts},
            }
            for lot in lots
        },
        now=request.now,
    )


def _tally(lots: Sequence[Lot]) -> dict[str, int]:
    return {outcome: sum(lot.outcome == outcome for lot in lots) for outcome in ("full", "not_yet")}
