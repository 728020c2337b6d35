"""Pages of reviewers."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apportion.apps.apply.queries import find_request
from apportion.apps.people.gates import Visit, allowed
from apportion.apps.review import actions, queries
from apportion.apps.review.forms import ConflictForm, OpinionForm
from apportion.core.refusals import Refusal, Refused

PAGE = 50


@require_safe
@allowed("review.write")
def my_reviews(request: Visit) -> HttpResponse:
    """Lists what is one's own to read, what is still to be written first."""
    rows = queries.reviews_of(request.user)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "open_count": queries.count_open_reviews(request.user)}
    return render(request, "review/mine.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("review.write")
def opinion(request: Visit, ref: str) -> HttpResponse:
    """Reads a request and writes, or rewrites, one's opinion of it."""
    row = find_request(ref)
    mine = queries.opinion_by(request.user, row)
    form = OpinionForm(request.POST or None, initial=_initial(mine))
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            actions.write_opinion(
                request=row,
                by=request.user,
                score_hundredths=form.score_hundredths(),
                comment=form.cleaned_data["comment"],
                minimum_percent=form.cleaned_data["minimum_percent"],
                now=request.now,
            )
            messages.success(request, f"Your opinion of {row.title} is kept.")
            return redirect("review:mine")
        except Refused as refused:
            refusals = refused.refusals
    context = {
        "row": row,
        "form": form,
        "conflict_form": ConflictForm(auto_id="conflict_%s"),
        "mine": mine,
        "stake": queries.has_stake(request.user, row),
        "refusals": refusals,
    }
    return render(request, "review/opinion.html", context, status=422 if refusals else 200)


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


def _initial(mine: queries.Written | None) -> dict[str, object]:
    if mine is None or mine.score_hundredths is None:
        return {}
    return {
        # A score between two whole points came from elsewhere; the page shows it and asks anew.
        "score": str(mine.score_hundredths // 100) if mine.score_hundredths % 100 == 0 else None,
        "comment": mine.comment,
        "minimum_percent": mine.minimum_percent,
    }
