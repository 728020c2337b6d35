"""A button of a page: one verb done, told in a line; a refusal told on the page it came from."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from apportion.apps.people.gates import Visit
from apportion.core.refusals import Refusal, Refused


def act(
    request: Visit,
    verb: Callable[[], object],
    *,
    done: str,
    home: str,
    refused: Callable[[tuple[Refusal, ...]], HttpResponse],
) -> HttpResponse:
    """Does a verb and goes to `home`; where it is refused, `refused` shows the page with why."""
    try:
        verb()
    except Refused as error:
        return refused(error.refusals)
    messages.success(request, done)
    return redirect(home)
