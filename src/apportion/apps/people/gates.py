"""The gate in front of a page: nobody passes without the verb it names."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from apportion.apps.people.acts import note_act
from apportion.apps.people.factors import lacks_factor
from apportion.apps.people.queries import PUBLIC, Signed, acts_for, demand

Args = ParamSpec("Args")
ROUND_ROUTES = ("rounds/<", "review/<")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Visit(HttpRequest):
    """A request that has passed a gate: somebody known, at an instant."""

    user: Signed
    now: datetime
    rounds: list[Any]  # all of them, left here by a page that has read them
    directives: list[Any]  # those that every page tells of, likewise


FACTOR_VERB = "account.own"  # one's own account opens without a second factor, to add one
View = Callable[Concatenate[Visit, Args], HttpResponseBase]
Route = Callable[Concatenate[HttpRequest, Args], HttpResponseBase]


def round_of(request: HttpRequest, kwargs: Mapping[str, object]) -> str:
    """Gives the round that an address is about, so that a role for that round counts there."""
    match = request.resolver_match
    about_round = match is not None and match.route.startswith(ROUND_ROUTES)
    return str(kwargs.get("slug", "")) if about_round else ""


def note_stand_in(request: HttpRequest, verb: str) -> None:
    """Keeps what is sent by somebody who acts for another, with both names."""
    if request.method not in SAFE and acts_for(request.user) is not None:
        person: Any = request.user
        now = request.now  # type: ignore[attr-defined]  # of the clock
        note_act(by=person, about=None, verb=verb, words=request.path, now=now)


def allowed(verb: str) -> Callable[[View[Args]], Route[Args]]:
    """Opens a page to those who may do the verb; strangers are sent to sign in first.

    Refuses: NOT_ALLOWED.
    """

    def gate(view: View[Args]) -> Route[Args]:
        @wraps(view)
        def passed(
            request: HttpRequest, *args: Args.args, **kwargs: Args.kwargs
        ) -> HttpResponseBase:
            if verb not in PUBLIC and not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if verb != FACTOR_VERB and lacks_factor(request):
                return redirect(f"{reverse('mfa_index')}?{urlencode({'next': request.path})}")
            demand(request.user, verb, round_slug=round_of(request, kwargs))
            note_stand_in(request, verb)
            return view(request, *args, **kwargs)  # type: ignore[arg-type]  # it is a Visit from here on

        passed.verb = verb  # type: ignore[attr-defined]  # the access test reads it from each route
        return passed  # type: ignore[return-value]  # functools.wraps hides the plain signature

    return gate
