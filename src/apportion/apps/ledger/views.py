"""The books as a page: accounts, the last transfers, and whether they balance."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apportion.apps.ledger import queries
from apportion.apps.people.gates import Visit, allowed
from apportion.apps.rounds.queries import resource_units

PAGE = 50
LAST = 15


@require_safe
@allowed("ledger.see")
def books(request: Visit) -> HttpResponse:
    """Shows that every unit sums to zero, and what moved last."""
    words = request.GET.get("q", "").strip()
    page = Paginator(queries.search_accounts(words), PAGE).get_page(request.GET.get("page"))
    units = resource_units()
    end = queries.tip()
    sums = queries.unit_sums()
    last = queries.latest_transfers(LAST)
    context = {
        "page": page,
        "words": words,
        "accounts": [(one, units.get(one.unit, "hour")) for one in page],
        "transfers": [
            (one, units.get(one.debit.unit, "hour"), queries.its_words(one)) for one in last
        ],
        "sums": sums,
        "sound": not any(sums.values()),
        "tip": end,
        "root": queries.root_at(end).hex(),
    }
    return render(request, "ledger/books.html", context)
