"""Pages of what ties people: one's own, and everybody's for those who look after it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apportion.apps.people import queries, ties
from apportion.apps.people.forms import ClosenessForm, WorkForm
from apportion.apps.people.gates import Visit, allowed
from apportion.core.refusals import Refusal, Refused

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("people.declare")
def mine(request: Visit) -> HttpResponse:
    """Lists one's own ties, and takes one more."""
    form = ClosenessForm(request.POST or None)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            about = queries.find_person(form.cleaned_data["about"])
            ground = form.cleaned_data["ground"]
            ties.declare_closeness(by=request.user, about=about, ground=ground, now=request.now)
            messages.success(request, f"You and {about} will not judge each other.")
            return redirect("people:ties")
        except Refused as refused:
            refusals = refused.refusals
    context = {
        "form": form,
        "work_form": WorkForm(auto_id="work_%s"),
        "declared": ties.declarations_by(request.user),
        "works": ties.works_of(request.user),
        "teams": request.user.teams.all(),
        "refusals": refusals,
    }
    return render(request, "people/ties.html", context, status=422 if refusals else 200)


@require_POST
@allowed("people.declare")
def work(request: Visit) -> HttpResponse:
    """Takes something that one wrote with somebody."""
    form = WorkForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Name somebody, and the year with four digits.")
        return redirect("people:ties")
    other = queries.find_person(form.cleaned_data["other"].strip())
    ties.record_work(
        people=(request.user, other),
        year=form.cleaned_data["year"],
        title=form.cleaned_data["title"],
        by=request.user,
        now=request.now,
    )
    messages.success(request, f"Your work with {other} is kept.")
    return redirect("people:ties")


@require_safe
@allowed("people.see")
def people(request: Visit) -> HttpResponse:
    """Lists everybody with roles, teams and line."""
    page = Paginator(queries.list_people(), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "teams": ties.list_teams(),
        "may_manage": queries.may(request.user, "people.manage"),
    }
    return render(request, "people/people.html", context)
