"""The page on which fast-lane awards that were drawn are looked at."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from apportion.apps.apply.fast_checks import checks_to_do
from apportion.apps.grant.fastlane import look_at_award
from apportion.apps.people.gates import Visit, allowed


@require_safe
@allowed("fastlane.check")
def checks(request: Visit) -> HttpResponse:
    """Lists the awards that wait to be looked at."""
    rows = checks_to_do()
    waiting = sum(row.finding == "open" for row in rows)
    return render(request, "grant/fastlane.html", {"rows": rows[:200], "waiting": waiting})


@require_POST
@allowed("fastlane.check")
def look(request: Visit, ref: str) -> HttpResponse:
    """Keeps what somebody found."""
    row = look_at_award(
        ref=ref,
        is_fine="fine" in request.POST,
        note=request.POST.get("note", ""),
        by=request.user,
        now=request.now,
    )
    messages.success(request, f"{row.request.title}: {row.get_finding_display().lower()}.")
    return redirect("grant:fastlane")
