"""The decision board, and slates as files."""

from collections.abc import Sequence

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from apportion.apps.decide import actions, queries
from apportion.apps.decide.outlook import Lot, draw_outlook, look_out
from apportion.apps.people.gates import Visit, allowed
from apportion.apps.people.queries import may
from apportion.apps.rounds.queries import area_positions, find_round, policy_of

PAGE = 50


@require_safe
@allowed("slate.see")
def board(request: Visit, slug: str) -> HttpResponse:
    """Shows where the line lies, who is around it and why."""
    row = find_round(slug)
    slate = queries.latest_slate(row)
    rows = queries.candidates(row, slate)
    outlook = look_out(rows, policy_of(row), area_positions(), by_slate=slate is not None)
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
        "focus": request.GET.get("focus") or _first_below(tuple(page)),
        "may_propose": may(request.user, "slate.propose") and row.state in {"open", "review"},
        "may_adopt": may(request.user, "slate.adopt") and slate and slate.adopted_at is None,
    }
    return render(request, "decide/board.html", context)


@require_POST
@allowed("slate.propose")
def propose(request: Visit, slug: str) -> HttpResponse:
    """Runs the engine on the round as it stands."""
    row = find_round(slug)
    slate = actions.propose_slate(row=row, by=request.user, now=request.now)
    messages.success(request, f"Slate {slate.number} is proposed. Nothing is granted yet.")
    return redirect("decide:board", slug=slug)


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


def _tally(lots: Sequence[Lot]) -> dict[str, int]:
    return {outcome: sum(lot.outcome == outcome for lot in lots) for outcome in ("full", "not_yet")}
