"""Pages of reviewers, and of applicants who reply to them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apportion.apps.apply.queries import find_request
from apportion.apps.people.gates import Visit, allowed
from apportion.apps.review import actions, assigning, queries, replies
from apportion.apps.review.conflicts import TOLD, conflicts_of
from apportion.apps.review.forms import (
    MARK,
    ConflictForm,
    DeclineForm,
    ExpertiseForm,
    OpinionForm,
    ReplyForm,
)
from apportion.apps.rounds.queries import find_area, list_areas
from apportion.core.refusals import Refusal, Refused

PAGE = 50


@require_safe
@allowed("review.write")
def my_reviews(request: Visit) -> HttpResponse:
    """Lists what is one's own to read, what is still to be written first."""
    rows = queries.reviews_of(request.user)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "open_count": queries.count_open_reviews(request.user),
        "hidden": queries.hides_any_applicants(request.user),
    }
    return render(request, "review/mine.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("review.write")
def opinion(request: Visit, ref: str) -> HttpResponse:
    """Reads a request and writes, or rewrites, one's opinion of it."""
    row = find_request(ref)
    mine = queries.opinion_by(request.user, row)
    rubric = queries.terms_of(row.round).rubric
    form = OpinionForm(request.POST or None, initial=_initial(mine), rubric=rubric)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            actions.write_opinion(
                request=row,
                by=request.user,
                score_hundredths=form.score_hundredths(),
                marks=form.marks(),
                comment=form.cleaned_data["comment"],
                minimum_percent=form.cleaned_data["minimum_percent"],
                now=request.now,
            )
            messages.success(request, f"Your opinion of {row.title} is kept.")
            return redirect("review:mine")
        except Refused as refused:
            refusals = refused.refusals
    found = conflicts_of(request.user, row, now=request.now)
    context = {
        "row": row,
        "form": form,
        "conflict_form": ConflictForm(auto_id="conflict_%s"),
        "decline_form": DeclineForm(auto_id="decline_%s"),
        "mine": mine,
        "stake": TOLD[found[0].ground] if found else "",
        "hidden": queries.hides_applicants(request.user, row.round),
        "reply": replies.reply_to(row),
        "refusals": refusals,
    }
    return render(request, "review/opinion.html", context, status=422 if refusals else 200)


@require_POST
@allowed("review.write")
def draft(request: Visit, ref: str) -> HttpResponse:
    """Keeps an opinion as it is typed; says so, or that another window wrote since."""
    row = find_request(ref)
    typed = OpinionForm(rubric=queries.terms_of(row.round).rubric).typed(request.POST.dict())
    version = request.POST.get("version", "")
    kept, held = actions.save_draft_opinion(
        request=row,
        by=request.user,
        draft=typed,
        version=int(version) if version.isascii() and version[:9].isdigit() else -1,
        now=request.now,
    )
    context = {"kept": kept, "held": held}
    return render(request, "review/saved.html", context, status=200)


@require_POST
@allowed("review.write")
def conflict(request: Visit, ref: str) -> HttpResponse:
    """Declares a stake: somebody else reads the request."""
    row = find_request(ref)
    form = ConflictForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    actions.declare_conflict(request=row, by=request.user, reason=reason, now=request.now)
    messages.info(request, f"You do not judge {row.title}. Somebody else will.")
    return redirect("review:mine")


@require_POST
@allowed("review.write")
def decline(request: Visit, ref: str) -> HttpResponse:
    """Says that one will not read a request; the chair asks somebody else."""
    row = find_request(ref)
    form = DeclineForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    actions.decline_opinion(request=row, by=request.user, reason=reason, now=request.now)
    messages.info(request, f"You do not read {row.title}. The chair is told.")
    return redirect("review:mine")


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("review.write")
def expertise(request: Visit) -> HttpResponse:
    """Says what one knows about, so that one is asked to read what one can judge."""
    areas = [(area.slug, area.name) for area in list_areas()]
    known = assigning.expertise_of(request.user)
    initial = (
        {
            "keywords": known.keywords,
            "areas": [area.slug for area in known.areas.all()],
            "most": known.most,
        }
        if known
        else {}
    )
    form = ExpertiseForm(request.POST or None, initial=initial, areas=areas)
    if request.method == "POST" and form.is_valid():
        assigning.set_expertise(
            person=request.user,
            keywords=form.cleaned_data["keywords"],
            areas=[find_area(slug) for slug in form.cleaned_data["areas"]],
            most=form.cleaned_data["most"],
            by=request.user,
        )
        messages.success(request, "Kept. The next assignment goes by it.")
        return redirect("review:mine")
    return render(request, "review/expertise.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("review.reply")
def reply(request: Visit, ref: str) -> HttpResponse:
    """Reads what reviewers said of one's request, without names, and replies once."""
    row = find_request(ref)
    replies.demand_applicant(row, request.user)
    window = replies.reply_window(row)
    known = replies.reply_to(row)
    form = ReplyForm(request.POST or None)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            replies.write_reply(
                request=row, by=request.user, text=form.cleaned_data["text"], now=request.now
            )
            messages.success(request, "Your reply is with the panel.")
            return redirect("review:reply", row.ref)
        except Refused as refused:
            refusals = refused.refusals
    shown = request.now >= window.opens_at and row.state in {"submitted", "decided"}
    context = {
        "row": row,
        "form": form,
        "window": window,
        "open": window.is_open(request.now) and row.state == "submitted",
        "early": request.now < window.opens_at,
        "reply": known,
        "opinions": replies.unnamed_opinions(row) if shown else [],
        "refusals": refusals,
    }
    return render(request, "review/reply.html", context, status=422 if refusals else 200)


def _initial(mine: queries.Written | None) -> dict[str, object]:
    """What was typed last, and else what was given."""
    if mine is None:
        return {}
    if mine.draft is not None:
        return dict(mine.draft)
    if mine.score_hundredths is None:
        return {}
    return {
        # A score between two whole points came from elsewhere; the page shows it and asks anew.
        "score": str(mine.score_hundredths // 100) if mine.score_hundredths % 100 == 0 else None,
        "comment": mine.comment,
        "minimum_percent": mine.minimum_percent,
        **{MARK + name: str(mark) for name, mark in mine.marks.items()},
    }
