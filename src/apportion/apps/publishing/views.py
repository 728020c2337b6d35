"""The page on which authors say which of their decisions may be told."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from apportion.apps.people.gates import Visit, allowed
from apportion.apps.publishing.actions import say_consent
from apportion.apps.publishing.queries import rule, said_by
from apportion.apps.rounds.queries import list_areas
from apportion.core.claims.disclosure import Rule


@require_safe
@allowed("request.file")
def mine(request: Visit) -> HttpResponse:
    """Shows one's decided requests with a button for each."""
    rows = said_by(request.user)
    context = {"rows": rows, "asks": rule() is Rule.CONSENT, "all": rule() is Rule.ALL}
    context["names"] = {area.slug: area.name for area in list_areas()}
    return render(request, "publishing/mine.html", context)


@require_POST
@allowed("request.file")
def say(request: Visit, ref: str) -> HttpResponse:
    """Keeps what the author says."""
    gives = request.POST.get("gives") == "yes"
    say_consent(ref=ref, gives=gives, by=request.user, now=request.now)
    told = "may be told" if gives else "is not told"
    messages.success(request, f"{ref} {told} from the next record on.")
    return redirect("publishing:mine")
