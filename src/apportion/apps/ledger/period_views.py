"""Periods and loans as pages: until when the books are closed, and who owes what to whom."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apportion.apps.ledger.loans import list_debts
from apportion.apps.ledger.periods import first_unclosed, list_periods
from apportion.apps.ledger.queries import tip
from apportion.apps.people.gates import Visit, allowed
from apportion.apps.rounds.queries import resource_units
from apportion.core.loans import LoanState
from apportion.core.periods import PeriodState
from apportion.core.units import DisplayUnit
from apportion.core.windows import from_epoch_us

PAGE = 50


@require_safe
@allowed("ledger.see")
def periods(request: Visit) -> HttpResponse:
    """Says until when the books are closed, and which period waits."""
    rows = list_periods()
    following = first_unclosed(rows)
    closing = following if following and following.state == PeriodState.CLOSING else None
    over = following is not None and following.ends_at <= request.now
    closed_us = tip().closed_before_us
    context = {
        "periods": rows,
        "closing": closing,
        "due": following if over else None,
        "closed_until": None if closed_us is None else from_epoch_us(closed_us),
    }
    return render(request, "ledger/periods.html", context)


@require_safe
@allowed("ledger.see")
def loans(request: Visit) -> HttpResponse:
    """Says what was lent, what of it is owed, and what is overdue."""
    debts = list_debts()
    states = [debt.state(request.now) for debt in debts]
    page = Paginator(debts, PAGE).get_page(request.GET.get("page"))
    units = resource_units()
    context = {
        "page": page,
        "lines": [
            (debt, debt.state(request.now), units.get(debt.loan.lender.unit, DisplayUnit.HOUR))
            for debt in page
        ],
        "total": len(debts),
        "owing": sum(debt.owed > 0 for debt in debts),
        "overdue": states.count(LoanState.OVERDUE),
    }
    return render(request, "ledger/loans.html", context)
