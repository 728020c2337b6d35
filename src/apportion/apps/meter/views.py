"""The door at which the scheduler asks, before it takes a job, whether it can be paid."""

import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from apportion.adapters.slurm.collect.parse_submission import read_submission
from apportion.apps.meter.admission import admit_job
from apportion.apps.people.gates import Visit, allowed
from apportion.core.faults import BadInput
from apportion.core.refusals import Refused

YES, NO, STRANGER = 200, 409, 403
LONGEST_ANSWER = 300


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
