"""The statement of one account as a page, and the same as CSV and JSON beside it."""

from collections.abc import Mapping
from datetime import datetime

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apportion.adapters.files.render_statement import statement_csv, statement_json
from apportion.apps.ledger.periods import list_periods, period_of
from apportion.apps.ledger.queries import key_of
from apportion.apps.ledger.statements import (
    Account,
    Slice,
    find_account_by_number,
    measure_statement,
    read_statement,
)
from apportion.apps.people.gates import Visit, allowed
from apportion.apps.rounds.queries import resource_units
from apportion.core.statement import Bounds
from apportion.core.windows import parse_instant

PAGE = 50
PERIODS = 4  # offered as windows
FIELDS = ("from", "until", "recorded")


@require_safe
@allowed("ledger.see")
def account(request: Visit, number: int) -> HttpResponse:
    """Shows what an account held, what moved it inside a window, and what it held after."""
    row = _find(number)
    bounds, problems = _read_bounds(request.GET)
    extent = measure_statement(row, bounds=bounds)
    page = Paginator(range(extent.rows), PAGE).get_page(request.GET.get("page"))
    shown = Slice(offset=max(0, page.start_index() - 1), limit=PAGE)
    made = read_statement(row, bounds=bounds, shown=shown, extent=extent)
    context = {
        "number": number,
        "account": key_of(row),
        "unit": resource_units().get(row.unit, "hour"),
        "statement": made,
        "rows": made.rows,
        "page": page,
        "narrowed": bounds != Bounds(),
        "form": {"from": bounds.starts_at, "until": bounds.ends_at},
        "problems": problems,
        "periods": [period_of(one) for one in list_periods()[:PERIODS]],
    }
    return render(request, "ledger/account.html", context, status=400 if problems else 200)


@require_safe
@allowed("ledger.see")
def account_csv(request: Visit, number: int) -> HttpResponse:
    """Gives the whole statement as CSV."""
    return _file(request, number, "csv")


@require_safe
@allowed("ledger.see")
def account_json(request: Visit, number: int) -> HttpResponse:
    """Gives the whole statement as JSON."""
    return _file(request, number, "json")


def _file(request: Visit, number: int, kind: str) -> HttpResponse:
    bounds, problems = _read_bounds(request.GET)
    if problems:
        return HttpResponse("\n".join(problems), status=400, content_type="text/plain")
    made = read_statement(_find(number), bounds=bounds)
    write, content_type = {
        "csv": (statement_csv, "text/csv; charset=utf-8"),
        "json": (statement_json, "application/json"),
    }[kind]
    response = HttpResponse(write(made), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="account-{number}.{kind}"'
    return response


def _find(number: int) -> Account:
    row = find_account_by_number(number)
    if row is None:
        raise Http404
    return row


def _read_bounds(asked: Mapping[str, str]) -> tuple[Bounds, list[str]]:
    """Reads the window that is asked for; what cannot be read is told, and nothing is narrowed."""
    found: dict[str, datetime] = {}
    problems: list[str] = []
    for name in FIELDS:
        text = asked.get(name, "").strip()
        try:
            if text:
                found[name] = parse_instant(text)
        except ValueError as error:
            problems.append(f"{name} {text[:40]!r}: {error}")
    try:
        bounds = Bounds(
            starts_at=found.get("from"),
            ends_at=found.get("until"),
            recorded_before=found.get("recorded"),
        )
    except ValueError as error:
        problems.append(f"until: {error}")
    return (Bounds(), problems) if problems else (bounds, problems)
