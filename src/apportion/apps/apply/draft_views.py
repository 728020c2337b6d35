"""Drafts while they are written: saved as one types, compared, with files beside them, or from a file."""

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from apportion.adapters.attachments.parse import SHOWN_AS
from apportion.apps.apply import attaching, drafts, filing, queries
from apportion.apps.apply.views import find_own, form_of, keep_sent, write_page
from apportion.apps.people.gates import Visit, allowed
from apportion.apps.people.queries import find_person
from apportion.apps.rounds.queries import call_of, find_round, policy_of
from apportion.core.apply.content import tidy
from apportion.core.faults import BadInput
from apportion.core.refusals import Refused

BARE_POLICY = "default-src 'none'; sandbox"
LARGEST_TOML = 1_000_000


@require_POST
@allowed("request.file")
def save(request: Visit, ref: str) -> HttpResponse:
    """Keeps what is typed, and tells the page what others changed meanwhile."""
    row = find_own(request, ref)
    try:
        saved = keep_sent(request, row)
    except Refused as refused:
        return render(request, "apply/unsaved.html", {"refusals": refused.refusals})
    form = form_of(policy_of(row.round), call_of(row.round), data=request.POST)
    context = {
        "row": saved.row,
        "saved": saved,
        "now": request.now,
        "clashes": [(form.label_of(one.field), one) for one in saved.clashes],
    }
    response = render(request, "apply/saved.html", context)
    if changed := _changed(form, saved):
        response["HX-Trigger"] = json.dumps({"draft-merged": changed})
    return response


@require_safe
@allowed("request.file")
def versions(request: Visit, ref: str) -> HttpResponse:
    """Lists the versions of a request and shows what changed between two."""
    row = find_own(request, ref)
    known = drafts.versions_of(row)
    after = _number(request, "after", row.version)
    earlier = (one.number for one in known if one.number < after and not one.set_aside)
    before = _number(request, "before", max(earlier, default=0))
    form = form_of(policy_of(row.round), call_of(row.round))
    context = {
        "row": row,
        "versions": known,
        "before": before,
        "after": after,
        "changes": [
            (form.label_of(one.field), one) for one in drafts.compare_versions(row, before, after)
        ],
        "steps": drafts.last_steps(row),
    }
    return render(request, "apply/versions.html", context)


@require_POST
@allowed("request.file")
def ask(request: Visit, ref: str) -> HttpResponse:
    """Asks a colleague to read a draft."""
    row = find_own(request, ref)
    try:
        asked = drafts.ask_to_read(
            row=row,
            person=find_person(request.POST.get("reader", "").strip()),
            words=request.POST.get("words", ""),
            by=request.user,
            now=request.now,
        )
    except Refused as refused:
        return write_page(request, row, refusals=refused.refusals, status=422)
    messages.success(request, f"{asked.person} is asked to read it, and writes it too from now on.")
    return redirect("apply:edit", ref=ref)


@require_POST
@allowed("request.file")
def attach(request: Visit, ref: str) -> HttpResponse:
    """Attaches a file to a draft."""
    row = find_own(request, ref)
    sent = request.FILES.get("file")  # reads the form, which is where a large file is refused
    if getattr(request, "upload_refused", False):
        words = "The file is larger than this office takes; nothing of it was kept."
        return render(request, "apply/too-large.html", {"row": row, "words": words}, status=413)
    if sent is None:
        messages.error(request, "Choose a file first.")
        return redirect("apply:edit", ref=ref)
    kept = attaching.attach_file(
        row=row, name=sent.name or "", body=sent.read(), by=request.user, now=request.now
    )
    messages.success(request, f"{kept.name} is attached.")
    return redirect("apply:edit", ref=ref)


@require_POST
@allowed("request.file")
def detach(request: Visit, ref: str, number: int) -> HttpResponse:
    """Takes an attachment away from a draft."""
    row = find_own(request, ref)
    attaching.detach_file(row=row, number=number, by=request.user, now=request.now)
    messages.info(request, "The file is taken away.")
    return redirect("apply:edit", ref=ref)


@require_safe
@allowed("request.see")
def attachment(request: Visit, ref: str, number: int) -> HttpResponse:
    """Gives a file back, to be saved and never to be run or shown in a page of the office."""
    row = queries.find_request(ref)
    if row.state in {"draft", "withdrawn"} and not drafts.writes(request.user, row):
        raise Http404
    kept = attaching.find_attachment(row, number)
    response = HttpResponse(bytes(kept.body), content_type=SHOWN_AS[kept.kind][0])
    response.headers["Content-Disposition"] = _disposition(kept.name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = BARE_POLICY
    return response


@require_POST
@allowed("request.file")
def import_file(request: Visit, slug: str) -> HttpResponse:
    """Makes a draft of a request.toml; a file with faults makes none, and every fault is told."""
    round_row = find_round(slug)
    sent = request.FILES.get("file")
    if sent is None or getattr(request, "upload_refused", False) or (sent.size or 0) > LARGEST_TOML:
        messages.error(request, "Choose a request.toml of at most 1 MB.")
        return redirect("apply:new", slug=slug)
    name = str(sent.name)[:80]
    try:
        row = filing.import_request(
            round_row=round_row, data=sent.read(), file=name, by=request.user, now=request.now
        )
    except BadInput as bad:
        context = {"round": round_row, "faults": bad.faults, "file": name}
        return render(request, "apply/bad-file.html", context, status=422)
    messages.success(request, f"{name} is the draft {row.ref} now. Read it over and submit it.")
    return redirect("apply:edit", ref=row.ref)


def _changed(form: Any, saved: drafts.Saved) -> dict[str, dict[str, str]]:
    """Lists the fields of the page that say something else than what stands now."""
    typed, names = form.content(), form.page_names()
    clashing = {one.field for one in saved.clashes}
    return {
        f"id_{names[kept]}": {
            "text": saved.content.get(kept, ""),
            "sent": text,
            "mine": f"mine-{names[kept]}" if kept in clashing else "",
        }
        for kept, text in tidy(typed).items()
        if saved.content.get(kept, "") != text
    }


def _number(request: Visit, name: str, default: int) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 9 else default


def _disposition(name: str) -> str:
    """Names a download so that no browser shows it; signs beyond ASCII go by RFC 5987."""
    return content_disposition_header(as_attachment=True, filename=name) or "attachment"
