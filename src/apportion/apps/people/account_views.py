"""Pages of one's own account: tokens, second factor, roles lent; and of who comes in as what."""

from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apportion.apps.people import directory, standing_in, tokens
from apportion.apps.people.acts import acts_about
from apportion.apps.people.factors import lacks_factor
from apportion.apps.people.forms import GroupForm, LendForm, TokenForm
from apportion.apps.people.gates import Visit, allowed
from apportion.apps.people.queries import find_person


@require_safe
@never_cache
@allowed("account.own")
def account(request: Visit) -> HttpResponse:
    """Shows how one signs in, and what acts in one's name."""
    return _account(request)


@require_POST
@never_cache
@allowed("token.own")
def make_token(request: Visit) -> HttpResponse:
    """Makes a token and shows it, this once."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _account(request, token_form=form, status=422)
    wish = form.cleaned_data
    token, raw = tokens.create_token(
        by=request.user,
        name=wish["name"],
        scopes=[wish["reach"]],
        days=wish["days"],
        now=request.now,
    )
    return _account(request, fresh=raw, fresh_name=token.name)


@require_POST
@allowed("token.own")
def revoke_token(request: Visit) -> HttpResponse:
    """Ends a token."""
    prefix = request.POST.get("prefix", "")
    token = tokens.revoke_token(prefix=prefix, by=request.user, now=request.now)
    messages.success(request, f"{token.name} no longer works.")
    return redirect("mfa_index")


@require_POST
@allowed("role.lend")
def lend(request: Visit) -> HttpResponse:
    """Lends one's roles."""
    form = LendForm(request.POST)
    if not form.is_valid():
        return _account(request, lend_form=form, status=422)
    wish = form.cleaned_data
    row = standing_in.lend_roles(
        giver=request.user,
        taker=find_person(wish["taker"].strip()),
        why=wish["why"],
        starts_at=request.now,
        ends_at=request.now + timedelta(days=wish["days"]),
        now=request.now,
    )
    messages.success(request, f"{row.taker} may act for you until {row.ends_at:%-d %B}.")
    return redirect("mfa_index")


@require_POST
@allowed("role.lend")
def take_back(request: Visit) -> HttpResponse:
    """Ends a delegation."""
    number = request.POST.get("number", "")
    row = standing_in.take_back(
        number=int(number) if number.isdecimal() else 0, by=request.user, now=request.now
    )
    messages.success(request, f"{row.taker} no longer acts for {row.giver}.")
    return redirect("mfa_index")


@require_POST
@allowed("account.own")
def act_for(request: Visit) -> HttpResponse:
    """Starts to act for somebody in this session, or stops."""
    number = request.POST.get("number", "")
    row = None
    if number.isdecimal():
        row = standing_in.live_delegation(int(number), taker=request.user, now=request.now)
    if row is None:
        request.session.pop(standing_in.SESSION_KEY, None)
        messages.success(request, "You act for yourself.")
    else:
        request.session[standing_in.SESSION_KEY] = row.pk
        messages.success(request, f"You act for {row.giver}; the trail names you both.")
    return redirect("mfa_index")


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("people.manage")
def groups(request: Visit) -> HttpResponse:
    """Says which groups of the directory stand for which roles."""
    form = GroupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        wish = form.cleaned_data
        drop = "drop" in request.POST
        directory.map_group(
            group=wish["group"], kind=wish["kind"], by=request.user, now=request.now, drop=drop
        )
        return redirect("people:groups")
    context = {"form": form, "rows": directory.list_group_roles()}
    status = 422 if form.is_bound else 200
    return render(request, "people/groups.html", context, status=status)


@require_POST
@allowed("people.manage")
def close(request: Visit, username: str) -> HttpResponse:
    """Closes somebody's account, or opens it again."""
    person = find_person(username)
    if "reopen" in request.POST:
        directory.reopen_account(person, by=request.user, now=request.now)
        messages.success(request, f"{person} may sign in again.")
    else:
        directory.close_account(person, by=request.user, now=request.now)
        messages.success(request, f"{person} can no longer sign in; what they signed stays.")
    return redirect("people:people")


def _account(request: Visit, *, status: int = 200, **more: object) -> HttpResponse:
    context = {
        "tokens": tokens.list_tokens(request.user),
        "token_form": TokenForm(),
        "lend_form": LendForm(auto_id="lend_%s"),
        "delegations": standing_in.list_delegations(request.user),
        "now": request.now,
        "acting": request.session.get(standing_in.SESSION_KEY),
        "factor": Authenticator.objects.filter(user=request.user, type="totp").exists(),
        "must_add": lacks_factor(request),
        "acts": acts_about(request.user, most=20),
    }
    return render(request, "people/account.html", {**context, **more}, status=status)
