"""The list of alerts, and the button that says that one was seen."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from apportion.apps.people.gates import Visit, allowed
from apportion.apps.people.queries import may
from apportion.apps.report.alert_actions import acknowledge_alert
from apportion.apps.report.alert_queries import count_open_alerts, find_alerts
from apportion.apps.rounds.queries import resource_units

PAGE = 50


@require_safe
@allowed("project.see")
def alerts(request: Visit) -> HttpResponse:
    """Lists the alerts of one's own projects; all of them for those who look after all."""
    sees_all = may(request.user, "ledger.see")
    rows = find_alerts(None if sees_all else request.user)
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "waiting": count_open_alerts(request.user),
        "sees_all": sees_all,
        "units": resource_units(),
        "may_acknowledge": may(request.user, "alert.acknowledge"),
    }
    return render(request, "report/alerts.html", context)


@require_POST
@allowed("alert.acknowledge")
def acknowledge(request: Visit, pk: int) -> HttpResponse:
    """Notes that an alert was seen, and goes back to its project."""
    row = acknowledge_alert(pk=pk, by=request.user, now=request.now)
    return redirect("report:project", row.project.slug)
