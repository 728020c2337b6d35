"""The decision board, and slates as files."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from apportion.apps.decide import actions, plans, queries, seats
from apportion.apps.decide.chances import tie_told
from apportion.apps.decide.comparing import (
    fairness_told,
    treated_rows,
    units_of,
)
from apportion.apps.decide.outlook import Lot, draw_outlook, look_out
from apportion.apps.decide.queries import document_of
from apportion.apps.decide.shown import compared, engine_gave, place_lots, policy_moved
from apportion.apps.evidence.queries import powers_of
from apportion.apps.people.gates import Visit, allowed
from apportion.apps.people.queries import may
from apportion.apps.rounds.queries import Round, area_positions, find_round, list_rounds, policy_of
from apportion.core.decide.compare import Comparison, compare
from apportion.core.decide.fairness import fairness_of
from apportion.core.evidence.estimate import Shown
from apportion.core.units import BASE_UNITS, DisplayUnit

PAGE = 50
LINE_STEPS = 2000  # how finely the line can be dragged


@require_safe
@allowed("slate.see")
def board(request: Visit, slug: str) -> HttpResponse:
    """Shows where the line lies, who is around it and why."""
    known = request.rounds = list_rounds()
    row = next((one for one in known if one.slug == slug), None) or find_round(slug)
    slate = queries.latest_slate(row)
    rows = queries.candidates(row, slate)
    overrides = plans.overrides_of(slate) if slate else ()
    policy = policy_moved(document_of(slate)) if slate else policy_of(row)
    if slate and policy.is_sealed:  # it may have been revealed since
        policy = policy_of(row)
    outlook = look_out(rows, policy, area_positions(), by_slate=slate is not None)
    placed = place_lots(outlook.lots, overrides)
    line = outlook.line_at
    pages = Paginator(placed, PAGE)
    around = max(min(line, len(placed) - 1), 0) // PAGE + 1
    page = pages.get_page(request.GET.get("page") or around)
    at = line - (page.start_index() - 1) if placed else 0
    lots = tuple(one.lot for one in page)
    others = queries.other_slates(slate) if slate else []
    ghost = engine_gave(slate, others, outlook.resource) if overrides else None
    acts = seats.acts_of(row, most=8)
    undecided = row.state in {"open", "review"} and not (slate and slate.adopted_at)
    moves = bool(may(request.user, "slate.propose") and undecided and slate)
    context = {
        "round": row,
        "slate": slate,
        "outlook": outlook,
        "skyline": draw_outlook(outlook, key="board", tall=False, ghost=ghost),
        "page": page,
        "line": at if 0 <= at <= len(page.object_list) else None,
        "score_at_line": placed[line - 1].lot.row.score if 0 < line <= len(placed) else None,
        "line_up": placed[line].line if line < len(placed) else None,
        "line_down": placed[line - 2].line if line > 1 else 0,
        "per": BASE_UNITS[DisplayUnit(outlook.unit)],
        "line_step": max(outlook.extent // LINE_STEPS, 1),
        "line_now": outlook.capacity // BASE_UNITS[DisplayUnit(outlook.unit)],
        "tally": _tally(outlook.lots),
        "powers": _powers(lots, request),
        "policy": policy,
        "overrides": [(one, queries.describe_override(one, slate)) for one in overrides if slate],
        "acts": acts,
        "edit": acts[0].number if acts else 0,
        "tie_told": tie_told([r.chance for r in rows if r.chance], policy),
        "focus": request.GET.get("focus") or _first_below(lots),
        "may_propose": may(request.user, "slate.propose") and undecided,
        "others": others,
        "may_move": moves,
        "may_undo": moves and slate and slate.made_from_id,
        "may_redo": moves
        and slate
        and any(act.verb == "undo" for act in acts)
        and plans.undone_after(slate),
        "may_adopt": may(request.user, "slate.adopt") and undecided and slate,
        "untold": slate and slate.adopted_at and not slate.published_at,
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


def _compared(row: Round, comparison: Comparison, document: Mapping[str, Any]) -> dict[str, Any]:
    """A comparison as the templates show it."""
    return {"round": row, **compared(comparison, units_of(document), queries.titles(row))}


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
