"""What use costs, on a page; who may set it does so there."""

from datetime import UTC

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apportion.apps.people.gates import Visit, allowed
from apportion.apps.people.queries import may
from apportion.apps.tariffs.actions import set_tariff
from apportion.apps.tariffs.forms import RatesForm
from apportion.apps.tariffs.queries import tariff_of, version_in_force, versions
from apportion.apps.tariffs.wording import price_rows, refund_rows, title_of
from apportion.core.faults import BadInput
from apportion.core.refusals import Code, Refused


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("rates.see")
def rates(request: Visit) -> HttpResponse:
    """Shows the prices that hold today and every version; takes a new one."""
    form = RatesForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _is_set(request, form):
        return redirect("tariffs:rates")
    rows = versions()
    held = version_in_force(rows, request.now.astimezone(UTC).date())
    tariff = tariff_of(held.toml, file=f"rates {held.number}") if held else None
    context = {
        "title": title_of(tariff, held.starts_on if held else None),
        "held": held,
        "prices": price_rows(tariff, request.now) if tariff else [],
        "refunds": refund_rows(tariff) if tariff else [],
        "versions": rows[::-1],
        "form": form if may(request.user, "rates.set") else None,
    }
    wrong = request.method == "POST"
    return render(request, "tariffs/rates.html", context, status=422 if wrong else 200)


def _is_set(request: Visit, form: RatesForm) -> bool:
    try:
        row = set_tariff(
            toml=form.cleaned_data["toml"].encode(),
            file="rates.toml",
            starts_on=form.cleaned_data["starts_on"],
            by=request.user,
            now=request.now,
        )
    except BadInput as error:
        for fault in error.faults:
            form.add_error("toml", str(fault))
        return False
    except Refused as refused:
        if any(one.code is Code.NOT_ALLOWED for one in refused.refusals):
            raise
        form.add_error("starts_on", str(refused))
        return False
    messages.success(request, f"Rates {row.number} hold from {row.starts_on} on.")
    return True
