"""Pages of winding down and of progress reports."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apportion.apps.apply.queries import find_project, works_on
from apportion.apps.change import queries, reports, winding
from apportion.apps.change.forms import (
    HastenForm,
    NoticeForm,
    ReplyForm,
    ReportForm,
    first_instant,
)
from apportion.apps.change.wording import notice_rows
from apportion.apps.people.acting import act
from apportion.apps.people.gates import Visit, allowed
from apportion.apps.people.queries import may
from apportion.apps.people.tables import KINDS, table_file
from apportion.apps.rounds.queries import resource_units
from apportion.core.change.winddown import ALIVE, Stage
from apportion.core.refusals import Refusal, Refused

PAGE = 50
GET_OR_POST = ["GET", "HEAD", "POST"]


@require_safe
@allowed("change.see")
def register(request: Visit) -> HttpResponse:
    """Lists every notice of winding down, with the lead's reply beside it."""
    page = Paginator(queries.list_notices(), PAGE).get_page(request.GET.get("page"))
    return render(request, "change/notices.html", {"page": page})


@require_safe
@allowed("change.see")
def register_file(request: Visit, kind: str) -> HttpResponse:  # noqa: ARG001  every page takes it
    """Gives the notices as CSV or JSON."""
    if kind not in KINDS:
        raise Http404
    rows = notice_rows(queries.list_notices())
    return table_file(kind, "wind-downs", queries.NOTICE_COLUMNS, rows)


@require_safe
@allowed("change.see")
def show(request: Visit, ref: str) -> HttpResponse:
    """Shows one notice: the reason, the reply, the last day, and what happens then."""
    return _show(request, ref)


@require_http_methods(GET_OR_POST)
@allowed("winddown.notice")
def give(request: Visit, slug: str) -> HttpResponse:
    """Takes a notice; nobody's credits move before its last day."""
    project = find_project(slug)
    form = NoticeForm(request.POST or None)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            row = winding.give_notice(
                project=slug,
                reason=given["reason"],
                last_at=first_instant(given["last"]),
                by=request.user,
                now=request.now,
            )
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, "The notice is given; the lead may reply.")
            return redirect("change:notice", ref=row.ref)
    context = {"form": form, "project": project, "refusals": refusals}
    status = 422 if form.errors or refusals else 200
    return render(request, "change/give.html", context, status=status)


@require_POST
@allowed("winddown.reply")
def reply(request: Visit, ref: str) -> HttpResponse:
    """Takes the project's reply."""
    words = request.POST.get("words", "")
    return _act(
        request,
        ref,
        lambda: winding.reply_notice(ref=ref, words=words, by=request.user, now=request.now),
        "Your reply stands beside the notice.",
    )


@require_POST
@allowed("winddown.notice")
def confirm(request: Visit, ref: str) -> HttpResponse:
    """Confirms a notice as the second person."""
    return _act(
        request,
        ref,
        lambda: winding.confirm_notice(ref=ref, by=request.user, now=request.now),
        "Confirmed.",
    )


@require_POST
@allowed("winddown.reply")
def hasten(request: Visit, ref: str) -> HttpResponse:
    """Takes the project's consent to an earlier day."""
    form = HastenForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose a day.")
        return redirect("change:notice", ref=ref)
    last = first_instant(form.cleaned_data["last"])
    return _act(
        request,
        ref,
        lambda: winding.hasten_notice(ref=ref, last_at=last, by=request.user, now=request.now),
        "The last day is earlier now.",
    )


@require_POST
@allowed("winddown.notice")
def withdraw(request: Visit, ref: str) -> HttpResponse:
    """Takes a notice back."""
    return _act(
        request,
        ref,
        lambda: winding.withdraw_notice(ref=ref, by=request.user, now=request.now),
        "The notice is withdrawn; the project goes on.",
    )


@require_http_methods(GET_OR_POST)
@allowed("project.see")
def progress(request: Visit, slug: str) -> HttpResponse:
    """Lists a project's reports and takes the one that is due."""
    project = find_project(slug)
    mine = may(request.user, "progress.file") and works_on(request.user, project)
    form = ReportForm(request.POST or None)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            reports.file_report(
                project=slug,
                done=given["done"],
                outcomes=given["outcomes"],
                coming=given["coming"],
                by=request.user,
                now=request.now,
            )
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, "The report is in.")
            return redirect("change:progress", slug=slug)
    try:
        due = reports.next_report(project, now=request.now)
    except Refused as none:
        due, waits = None, none.refusals[0].remedy
    else:
        waits = ""
    context = {
        "project": project,
        "filed": queries.reports_filed(project),
        "units": resource_units(),
        "form": form if mine and due else None,
        "due": due,
        "waits": waits,
        "refusals": refusals,
    }
    status = 422 if form.errors or refusals else 200
    return render(request, "change/progress.html", context, status=status)


def _act(request: Visit, ref: str, verb: Callable[[], object], done: str) -> HttpResponse:
    """Does a verb; a refusal is told on the notice's own page."""
    return act(
        request,
        verb,
        done=done,
        home=reverse("change:notice", args=[ref]),
        refused=lambda refusals: _show(request, ref, refusals=refusals),
    )


def _show(request: Visit, ref: str, *, refusals: tuple[Refusal, ...] = ()) -> HttpResponse:
    row = queries.find_notice(ref)
    mine = may(request.user, "winddown.reply") and works_on(request.user, row.project)
    board = may(request.user, "winddown.notice")
    alive = row.stage in ALIVE
    context = {
        "row": row,
        "alive": alive,
        "steps": queries.steps_of(ref),
        "refusals": refusals,
        "reply_form": ReplyForm() if alive and mine and row.replied_at is None else None,
        "hasten_form": HastenForm() if alive and mine else None,
        "may_confirm": board
        and row.stage == Stage.NOTICED
        and row.noticed_by_id != request.user.pk,
        "may_withdraw": alive and board,
    }
    return render(request, "change/notice.html", context, status=409 if refusals else 200)
