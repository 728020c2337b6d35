"""One period as a page: what its close would take from whom, or took."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apportion.apps.ledger.closing import Lapse, lapses_of, preview_close, read_lapses
from apportion.apps.ledger.periods import find_period
from apportion.apps.people.gates import Visit, allowed
from apportion.apps.report.period_end import gatherer
from apportion.apps.rounds.queries import resource_units
from apportion.core.periods import Closing, PeriodState
from apportion.core.units import DisplayUnit

SHOWN = 500  # accounts; `apportion period show` lists all


@require_safe
@allowed("ledger.see")
def period(request: Visit, name: str) -> HttpResponse:
    """Shows who loses how much, which loans come back, and whether the accounting agrees."""
    row = find_period(name)
    closed = row.state == PeriodState.CLOSED
    closing: Closing | None = None if closed else preview_close(name=name, gather=gatherer())
    lapses = read_lapses(row) if closing is None else lapses_of(closing)
    units = resource_units()

    def unit_of(resource: str) -> str:
        return units.get(resource, DisplayUnit.HOUR)

    context = {
        "period": row,
        "closed": closed,
        "over": request.now >= row.ends_at,
        "lapses": [(one, unit_of(one.account.unit)) for one in lapses[:SHOWN]],
        "hidden": max(0, len(lapses) - SHOWN),
        "losers": sum(_loses(one) for one in lapses),
        "returns": [(one, unit_of(one.debt.loan.lender.unit)) for one in closing.returns]
        if closing
        else [],
        "differences": [(one, unit_of(one.unit)) for one in closing.differences] if closing else [],
    }
    return render(request, "report/period.html", context)


def _loses(lapse: Lapse) -> bool:
    """Says whether a project loses something; the rest of a pool is nobody's loss."""
    return lapse.lapsed > 0 and lapse.account.kind == "project"
