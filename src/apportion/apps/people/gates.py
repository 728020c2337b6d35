"""The gate in front of a page: nobody passes without the verb it names."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase

from apportion.apps.people.queries import PUBLIC, Signed, demand

Args = ParamSpec("Args")


class Visit(HttpRequest):
    """A request that has passed a gate: somebody known, at an instant."""

    user: Signed
    now: datetime
    rounds: list[Any]  # all of them, left here by a page that has read them
    directives: list[Any]  # those that every page tells of, likewise


View = Callable[Concatenate[Visit, Args], HttpResponseBase]
Route = Callable[Concatenate[HttpRequest, Args], HttpResponseBase]


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
            demand(request.user, verb)
            return view(request, *args, **kwargs)  # type: ignore[arg-type]  # it is a Visit from here on

        passed.verb = verb  # type: ignore[attr-defined]  # the access test reads it from each route
        return passed  # type: ignore[return-value]  # functools.wraps hides the plain signature

    return gate
