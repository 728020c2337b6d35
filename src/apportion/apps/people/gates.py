"""The gate in front of a page: nobody passes without the verb it names."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.module_loading import import_string

from apportion.apps.people.acts import note_act
from apportion.apps.people.factors import lacks_factor
from apportion.apps.people.queries import (
    OFFICE,
    PLACED,
    PUBLIC,
    Anyone,
    Signed,
    Where,
    acts_for,
    demand,
    may,
    may_somewhere,
)

Args = ParamSpec("Args")
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


def demand_there(person: Anyone, verb: str, route: str, named: Mapping[str, object]) -> None:
    """Passes at an address whoever may do its verb: in the place that the address is about.

    Where that is, is asked only of somebody who holds a role for it in some place alone.

    Refuses: NOT_ALLOWED.
    """
    if verb not in PLACED or may(person, verb) or not may_somewhere(person, verb):
        demand(person, verb, OFFICE)
        return
    where: Where | None = import_string(settings.APPORTION_PLACE_OF)(route, named)
    if where is not None:
        demand(person, verb, where)


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
            match = request.resolver_match
            demand_there(request.user, verb, match.route if match else "", kwargs)
            note_stand_in(request, verb)
            return view(request, *args, **kwargs)  # type: ignore[arg-type]  # it is a Visit from here on

        passed.verb = verb  # type: ignore[attr-defined]  # the access test reads it from each route
        return passed  # type: ignore[return-value]  # functools.wraps hides the plain signature

    return gate
