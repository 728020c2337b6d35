"""Pages of what a round, a request, a project and the lab come to."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apportion.apps.appeal.queries import appeal_of
from apportion.apps.apply import queries as asking
from apportion.apps.apply.drafts import writes
from apportion.apps.decide.history import floors_kept
from apportion.apps.decide.outlook import draw_outlook, look_out
from apportion.apps.decide.queries import (
    candidates,
    find_verdicts,
    latest_slate,
    tally_decisions,
    told_slate,
)
from apportion.apps.evidence.queries import consents_of, experiments_of_requests
from apportion.apps.ledger.queries import balances
from apportion.apps.meter.queries import use_by_area
from apportion.apps.people.gates import Visit, allowed
from apportion.apps.people.queries import may
from apportion.apps.report import export, public
from apportion.apps.report.appeal_counts import count_appeals
from apportion.apps.report.asked import beside_request
from apportion.apps.report.burn import follow_spending
from apportion.apps.report.code_reds import count_code_reds
from apportion.apps.report.published import journal_now, record_document
from apportion.apps.review.queries import count_missing_opinions, opinions_of, panel_scores
from apportion.apps.rounds.queries import (
    Round,
    area_positions,
    current_of,
    find_round,
    list_areas,
    list_rounds,
    policy_of,
    resource_units,
    spending_of,
)
from apportion.apps.rounds.wording import days_until, write_day
from apportion.core.ledger import Kind

PAGE = 50


@require_safe
@allowed("round.see")
def rounds(request: Visit) -> HttpResponse:
    """Lists all rounds."""
    page = Paginator(list_rounds(), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "may_open": may(request.user, "round.open")}
    return render(request, "report/rounds.html", context)


@require_safe
@allowed("round.see")
def round_page(request: Visit, slug: str) -> HttpResponse:
    """Answers whether it fits, and what breaks."""
    known = request.rounds = list_rounds()
    row = next((one for one in known if one.slug == slug), None) or find_round(slug)
    slate = latest_slate(row) if may(request.user, "slate.see") else told_slate(row)
    rows = candidates(row, slate)
    outlook = look_out(rows, policy_of(row), area_positions(), by_slate=slate is not None)
    undecided = row.state in {"open", "review"}
    missing, missing_for = count_missing_opinions(slug) if undecided else (0, 0)
    context = {
        "round": row,
        "slate": slate,
        "outlook": outlook,
        "skyline": draw_outlook(outlook, key="round", tall=True),
        "milestones": _milestones(row, request),
        "missing": missing,
        "missing_for": missing_for,
        "may_ask": may(request.user, "request.file") and row.state == "open",
        "may_decide": may(request.user, "slate.see"),
        "may_open": may(request.user, "round.open"),
        **follow_spending(
            spending_of(known, request.now),
            resource=outlook.resource,
            unit=outlook.unit,
            now=request.now,
        ),
    }
    return render(request, "report/round.html", context)


@require_safe
@allowed("request.see")
def request_list(request: Visit, slug: str) -> HttpResponse:
    """Lists and searches the requests of a round."""
    row = find_round(slug)
    words = request.GET.get("q", "").strip()
    page = Paginator(asking.search_requests(slug, words), PAGE).get_page(request.GET.get("page"))
    scores = panel_scores(slug)
    verdicts = find_verdicts([one.ref for one in page])
    lines = [(one, scores.get(one.ref), verdicts.get(one.ref)) for one in page]
    context = {"round": row, "page": page, "lines": lines, "words": words}
    return render(request, "report/requests.html", context)


@require_safe
@allowed("request.file")
def my_requests(request: Visit) -> HttpResponse:
    """Lists what one wrote, newest first, with what was decided."""
    rows = asking.requests_of(request.user)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    verdicts = find_verdicts([row.ref for row in page])
    known = request.rounds = list_rounds()
    context = {
        "page": page,
        "lines": [(row, verdicts.get(row.ref)) for row in page],
        "now_open": current_of(known, request.now),
    }
    return render(request, "report/mine.html", context)


@require_safe
@allowed("request.see")
def export_csv(request: Visit, slug: str) -> HttpResponse:  # noqa: ARG001  every page takes it
    """Gives the requests as requests.csv."""
    policy = policy_of(find_round(slug))
    body = export.write_csv(_exported(slug, policy), policy)
    response = HttpResponse(body, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="requests.csv"'
    return response


@require_safe
@allowed("request.see")
def export_json(request: Visit, slug: str) -> HttpResponse:  # noqa: ARG001  every page takes it
    """Gives the requests as JSON."""
    row = find_round(slug)
    return JsonResponse({"round": row.slug, "requests": _exported(slug, policy_of(row))})


@require_safe
@allowed("request.see")
def request_page(request: Visit, ref: str) -> HttpResponse:
    """Says where one request stands, why, and what would change it."""
    row = asking.find_request(ref)
    mine = writes(request.user, row)
    if row.state in {"draft", "withdrawn"} and not mine:
        raise Http404
    verdict = find_verdicts([ref]).get(ref)
    # Whoever stands behind it reads opinions as applicants do, whatever else they may see.
    names = may(request.user, "review.see") and not mine
    reads_opinions = names or (mine and verdict is not None)
    written = [one for one in opinions_of(row) if one.written_at] if reads_opinions else []
    context = {
        "row": row,
        "verdict": verdict,
        "amounts": [
            (amount, verdict.awards.get(amount.resource.code) if verdict else None)
            for amount in row.amounts.select_related("resource")
        ],
        "score": panel_scores(row.round.slug).get(ref) if reads_opinions else None,
        "opinions": written,
        "names": names,
        "mine": mine,
        "told": mine or may(request.user, "slate.see"),
        **_appealing(row, verdict, mine=mine, request=request),
        **beside_request(row),
        "experiment": experiments_of_requests([ref]).get(ref),
        "consents": consents_of(row),
    }
    return render(request, "report/request.html", context)


@require_safe
@allowed("project.see")
def projects(request: Visit) -> HttpResponse:
    """Lists and searches projects with what each has left."""
    words = request.GET.get("q", "").strip()
    page = Paginator(asking.search_projects(words), PAGE).get_page(request.GET.get("page"))
    units = resource_units()
    left: dict[str, list[tuple[str, str, int]]] = {}
    for key, balance in balances(kind=Kind.PROJECT).items():
        left.setdefault(key.owner, []).append((key.unit, units.get(key.unit, "hour"), balance))
    lines = [(project, left.get(project.slug, [])) for project in page]
    context = {
        "page": page,
        "lines": lines,
        "words": words,
        "holding": sum(any(b > 0 for _, _, b in one) for one in left.values()),
    }
    return render(request, "report/projects.html", context)


@require_safe
@allowed("record.see")
def record(request: HttpRequest) -> HttpResponse:
    """Tells everybody whether what is said is true."""
    periods, fields = _record()
    floors = floors_kept()
    context = {
        "claim": public.answer_claim(periods, fields),
        "chart": public.draw_record(periods, fields) if periods else "",
        "periods": periods,
        "tally": tally_decisions(),
        "journal": journal_now(),
        "code_reds": count_code_reds(),
        "appeals": count_appeals(),
        "missed": [floor for floor in floors.kept if floor.shortfall],
        "unread": floors.unread,
        "names": {field.slug: field.name for field in fields},
    }
    return render(request, "report/record.html", context)


@require_safe
@allowed("record.see")
def record_json(request: Visit) -> HttpResponse:
    """Gives the record as a file."""
    body = record_document(now=request.now)
    response = JsonResponse(body, json_dumps_params={"sort_keys": True, "indent": 1})
    response["Content-Disposition"] = 'attachment; filename="record.json"'
    return response


@require_safe
@allowed("record.see")
def record_csv(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  every page takes it
    """Gives the shares as CSV."""
    periods, fields = _record()
    body = public.write_shares(periods, fields)
    response = HttpResponse(body, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="shares.csv"'
    return response


def _milestones(row: Round, request: Visit) -> list[dict[str, Any]]:
    """Lists the dates of a round; the next one to come is told in days."""
    dates = (
        ("Requests close", row.requests_close_at),
        ("Reviews due", row.reviews_due_at),
        ("Decision meeting", row.decision_at),
        ("Appeals until", row.appeals_until_at),
        ("Credits start", row.credits_start_at),
        ("Credits end", row.credits_end_at),
    )
    to_come = [at for _, at in dates if at > request.now]
    upcoming = min(to_come, default=None)
    return [
        {
            "name": name,
            "next": at == upcoming,
            "when": days_until(at, request.now) if at == upcoming else write_day(at),
        }
        for name, at in dates
    ]


def _appealing(row: Any, verdict: Any, *, mine: bool, request: Visit) -> dict[str, Any]:
    """Says whether an appeal stands, or may still be filed by whoever reads."""
    if verdict is None or verdict.outcome == "full" or not mine:
        return {"appeal": None, "may_appeal": False}
    appeal = appeal_of(row.ref)
    window = request.now < row.round.appeals_until_at and may(request.user, "appeal.file")
    return {"appeal": appeal, "may_appeal": window or appeal is not None}


def _exported(slug: str, policy: Any) -> list[export.Row]:
    rows = asking.search_requests(slug).prefetch_related("requires").order_by("ref")
    return export.export_rows(list(rows), panel_scores(slug), policy)


def _record() -> tuple[Sequence[public.Period], Sequence[public.Field]]:
    fields = [
        public.Field(slug=area.slug, name=area.name, position=area.position, flagship=area.flagship)
        for area in list_areas()
    ]
    return public.gather_periods(use_by_area()), fields
