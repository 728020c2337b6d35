"""Pages of notices: what one is told of, the queue of messages, webhooks, and the public feed."""

from datetime import UTC
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apportion.adapters.atom.render import render_feed
from apportion.apps.notice import actions, queries
from apportion.apps.notice.feed import feed_of
from apportion.apps.notice.forms import ChoicesForm, EndpointForm
from apportion.apps.people.gates import Visit, allowed
from apportion.apps.people.queries import may
from apportion.core.faults import BadInput
from apportion.core.notice.paces import RULES
from apportion.core.refusals import Refused

PAGE = 50
LATELY = 30


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("notice.own")
def mine(request: Visit) -> HttpResponse:
    """Shows what somebody was told and is told of, and takes other choices."""
    reader = queries.reader_of(request.user)
    known = queries.settings_of(request.user)
    first = {"address": reader.address, "hour": reader.hour}
    form = ChoicesForm(request.POST or None, known=known, initial=first)
    if form.is_bound and form.is_valid():
        try:
            actions.choose(
                by=request.user,
                paces=form.paces(),
                address=form.cleaned_data["address"],
                hour=form.cleaned_data["hour"],
            )
        except BadInput as bad:
            for fault in bad.faults:
                form.add_error(fault.field if fault.field in form.fields else None, str(fault.what))
        else:
            messages.success(request, "It is kept.")
            return redirect("notice:mine")
    told = list(queries.told_to(request.user)[:LATELY])
    context = {
        "form": form,
        "told": told,
        "reader": reader,
        "address": queries.address_of(request.user, reader),
        "mails": bool(settings.APPORTION_MAIL),
        "now": request.now,
        "sees_all": may(request.user, "notice.see"),
    }
    return render(request, "notice/mine.html", context, status=422 if form.errors else 200)


@require_POST
@allowed("notice.own")
def test(request: Visit) -> HttpResponse:
    """Queues a mail to oneself."""
    actions.send_test(by=request.user, now=request.now)
    messages.success(request, "A test is on its way; it leaves within a minute.")
    return redirect("notice:mine")


@require_safe
@allowed("notice.see")
def log(request: Visit) -> HttpResponse:
    """Lists the messages with where each stands."""
    state, endpoint = request.GET.get("state", ""), request.GET.get("to", "")
    rows = queries.list_messages(state=state, endpoint=endpoint)
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "counts": queries.count_messages(),
        "trouble": queries.last_trouble(),
        "mails": bool(settings.APPORTION_MAIL),
        "state": state,
    }
    return render(request, "notice/log.html", context)


@require_safe
@allowed("notice.see")
def message(request: Visit, pk: int) -> HttpResponse:
    """Shows one message with every try; what a mail says is for its reader alone."""
    row = queries.find_message(pk)
    context = {
        "message": row,
        "attempts": row.attempts.all(),
        "body": row.body if row.endpoint else "",
        "may_send": may(request.user, "notice.send"),
    }
    return render(request, "notice/message.html", context)


@require_POST
@allowed("notice.send")
def resend(request: Visit, pk: int) -> HttpResponse:
    """Puts a message back into the queue."""
    actions.resend(pk=pk, by=request.user, now=request.now)
    messages.success(request, "It is back in the queue; it leaves within a minute.")
    return redirect("notice:message", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("notice.see")
def webhooks(request: Visit) -> HttpResponse:
    """Lists webhooks and rooms, and takes a new one; its secret is shown this once."""
    form, fresh = EndpointForm(request.POST or None), None
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            fresh = actions.add_endpoint(
                slug=given["name"],
                kind=given["kind"],
                url=given["url"],
                topics=given["topics"],
                by=request.user,
                now=request.now,
            )
        except BadInput as bad:
            for fault in bad.faults:
                said = f"{fault.what}. {fault.remedy}"
                form.add_error(fault.field if fault.field in form.fields else None, said)
        else:
            form = EndpointForm()
    status = 422 if form.errors else 200
    return render(request, "notice/webhooks.html", _endpoints(request, form, fresh), status=status)


@require_POST
@allowed("notice.send")
def webhook(request: Visit, slug: str) -> HttpResponse:
    """Gives a webhook another secret, tries it out, or turns it off or on."""
    verb = request.POST.get("verb", "")
    if verb == "rotate":
        fresh = actions.rotate_secret(slug=slug, by=request.user, now=request.now)
        context = _endpoints(request, EndpointForm(), fresh)
        return render(request, "notice/webhooks.html", context)
    if verb == "test":
        actions.send_test(by=request.user, endpoint=slug, now=request.now)
        messages.success(request, f"A test to {slug} leaves within a minute.")
    if verb in {"on", "off"}:
        actions.turn_endpoint(slug=slug, on=verb == "on", by=request.user, now=request.now)
        messages.success(request, f"{slug} is {verb}.")
    return redirect("notice:webhooks")


@csrf_exempt  # mail programs post here with nothing but the token: RFC 8058
@require_http_methods(["GET", "HEAD", "POST"])
@allowed("notice.unsubscribe")
def unsubscribe(request: Visit, token: str) -> HttpResponse:
    """Asks whether a kind of mail should end, and ends it when told so; a GET changes nothing."""
    try:
        person, about = queries.read_token(token)
    except Refused as refused:
        context = {"refusals": refused.refusals}
        return render(request, "notice/unsubscribe.html", context, status=404)
    done = request.method == "POST"
    if done:
        actions.silence(person=person, about=about)
    words = "The daily digest" if about == queries.DIGEST else RULES[about].words  # type: ignore[index]  # a StrEnum
    return render(request, "notice/unsubscribe.html", {"done": done, "words": words})


@require_safe
@allowed("record.see")
def feed(request: Visit) -> HttpResponse:
    """Gives the public decisions as a feed."""
    at = request.build_absolute_uri(reverse("notice:feed"))
    site = settings.APPORTION_SITE
    found = feed_of(
        self_href=f"{site}{reverse('notice:feed')}" if site else at,
        site=site or at.removesuffix(reverse("notice:feed")),
        now=request.now,
    )
    response = HttpResponse(render_feed(found), content_type="application/atom+xml; charset=utf-8")
    newest = max((one.at for one in found.entries), default=None)
    if newest is not None:
        response["Last-Modified"] = newest.astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    return response


def _endpoints(request: Visit, form: EndpointForm, fresh: Any) -> dict[str, object]:
    rows = [(row, queries.shown_url(row)) for row in queries.list_endpoints()]
    return {
        "rows": rows,
        "live": sum(row.off_at is None for row, _ in rows),
        "form": form,
        "fresh": fresh,
        "may_send": may(request.user, "notice.send"),
    }
