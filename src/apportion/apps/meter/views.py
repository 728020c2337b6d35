"""Does the accounting agree, and the door at which the scheduler asks whether a job can be paid."""

import hmac

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from apportion.adapters.slurm.collect.parse_submission import read_submission
from apportion.apps.meter.admission import admit_job
from apportion.apps.meter.attributing import attribute_account, waiting_accounts
from apportion.apps.meter.collecting import collectors_with_rejects
from apportion.apps.meter.forms import AttributeForm, ExplainForm
from apportion.apps.meter.reconciling import (
    explain_difference,
    find_differences,
    find_totals_differing_first,
)
from apportion.apps.meter.rejects import count_rejects, list_rejects, replay_rejects
from apportion.apps.meter.wording import title_of
from apportion.apps.people.gates import Visit, allowed
from apportion.apps.people.queries import may
from apportion.core.faults import BadInput
from apportion.core.refusals import Refused

YES, NO, STRANGER = 200, 409, 403
LONGEST_ANSWER = 300
PAGE = 50
SHOWN = 20  # rejected rows


@require_safe
@allowed("usage.see")
def metering(request: Visit) -> HttpResponse:
    """Shows how far accounting was read, what waits in suspense, and what does not agree."""
    collectors, waiting = collectors_with_rejects(), waiting_accounts()
    differences = find_differences().count()
    rejects = list_rejects(limit=SHOWN)
    page = Paginator(find_totals_differing_first(), PAGE).get_page(request.GET.get("page"))
    context = {
        "title": title_of(collectors, differences=differences, waiting=waiting),
        "collectors": collectors,
        "waiting": waiting,
        "rejects": rejects,
        "more_rejects": max(0, count_rejects() - SHOWN),
        "page": page,
        "may_mend": may(request.user, "usage.attribute"),
        "may_import": may(request.user, "usage.import"),
    }
    return render(request, "meter/metering.html", context)


@require_POST
@allowed("usage.attribute")
def attribute(request: Visit) -> HttpResponse:
    """Gives an account of the scheduler to a project."""
    form = AttributeForm(request.POST)
    if not form.is_valid():
        return HttpResponse("Name an account and a project.", status=422)
    given = form.cleaned_data
    attribute_account(
        account=given["account"], project=given["project"], by=request.user, now=request.now
    )
    return redirect("meter:metering")


@require_POST
@allowed("usage.import")
def explain(request: Visit) -> HttpResponse:
    """Explains what differs on a day."""
    form = ExplainForm(request.POST)
    if not form.is_valid():
        return HttpResponse("Name a cluster, a day, an account and a reason.", status=422)
    given = form.cleaned_data
    explain_difference(
        cluster=given["cluster"],
        day=given["day"],
        account=given["account"],
        reason=given["reason"],
        by=request.user,
        now=request.now,
    )
    return redirect("meter:metering")


@require_POST
@allowed("usage.import")
def replay(request: Visit) -> HttpResponse:
    """Reads a cluster's rejected rows again, and books what can be booked now."""
    cluster = request.POST.get("cluster", "")
    taken, imported = replay_rejects(cluster=cluster, by=request.user, now=request.now)
    added = sum(one.added for one in imported)
    messages.success(request, f"{taken} rows are no longer rejected; {added} charges added.")
    return redirect("meter:metering")


@csrf_exempt
@require_POST
@allowed("admission.ask")
def ask_admission(request: Visit) -> HttpResponse:
    """Admits a job and answers with its ticket, or says in one line why not.

    Whoever asks shows the site's admission token; a site that set none admits nobody here.
    """
    if not _is_known(request):
        return _say("The office does not know who asks.", STRANGER)
    form = {name: value for name, value in request.POST.items() if isinstance(value, str)}
    ticket = settings.APPORTION_SALT(16).hex()
    try:
        ask = read_submission(form)
        admit_job(ask, cluster=form.get("cluster", "")[:60], ticket=ticket, now=request.now)
    except (Refused, BadInput) as error:
        return _say(" ".join(str(error).split())[:LONGEST_ANSWER], NO)
    return _say(ticket, YES)


def _is_known(request: HttpRequest) -> bool:
    token: str = settings.APPORTION_ADMISSION_TOKEN
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(token) and hmac.compare_digest(token.encode(), shown.encode())


def _say(words: str, status: int) -> HttpResponse:
    return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
