"""What every page knows: the lab's name and whether this is the demo."""

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from apportion.apps.directive.queries import Directive, directives_told, with_previews
from apportion.apps.directive.telling import Told, count_down, tell_all
from apportion.apps.people.queries import may
from apportion.apps.rounds.queries import list_areas, resource_units
from apportion.core.directive.terms import State
from apportion.office import clock


def site(request: HttpRequest) -> dict[str, object]:  # noqa: ARG001  Django's signature
    """Gives templates the site's settings."""
    return {"lab_name": settings.APPORTION_LAB_NAME, "demo": settings.APPORTION_DEMO}


def code_red(request: HttpRequest) -> dict[str, object]:
    """Gives templates the countdowns that every page shows, and the cards that the board does."""
    countdowns = SimpleLazyObject(lambda: count_down(_directives(request), now=_instant(request)))
    cards = SimpleLazyObject(lambda: _cards(request))
    return {"code_red": countdowns, "code_red_cards": cards}


def _directives(request: HttpRequest) -> list[Directive]:
    """Reads the directives that are told of, once; a page that has read them leaves them here."""
    if not may(request.user, "directive.see"):
        return []
    rows: list[Directive] | None = getattr(request, "directives", None)
    if rows is None:
        rows = directives_told()
        request.directives = rows  # type: ignore[attr-defined]  # as on a Visit
    return rows


def _cards(request: HttpRequest) -> tuple[Told, ...]:
    rows = [row for row in _directives(request) if row.state != State.DRAFT]
    units = resource_units() if rows else {}
    names = {area.slug: area.name for area in list_areas()} if rows else {}
    return tell_all(with_previews(rows), units=units, names=names, now=_instant(request))


def _instant(request: HttpRequest) -> datetime:
    at: datetime = getattr(request, "now", None) or clock.now()
    return at
