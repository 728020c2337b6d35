"""What awards bring as linear terms, counted anew: one, or two where a minimum brings more."""

from collections.abc import Iterable

from apportion.core.verify.facts import Request

Column = str | tuple[str, ...]  # a request's fraction, or (area, resource) of a floor, or another


def started(name: str) -> Column:
    """The column that says how far the minimum of a request with a curve is granted."""
    return "started", name


def points_terms(requests: Iterable[Request]) -> dict[Column, int]:
    """What each column brings at most in micropoints: no award is worth more than its terms."""
    terms: dict[Column, int] = {}
    for request in requests:
        if request.start is None:
            terms[request.id] = request.worth
            continue
        rise, run = request.worth - request.start, request.whole - request.least
        slope = -(-rise * request.whole // run)
        terms[request.id] = slope
        terms[started(request.id)] = request.start - slope * request.least // request.whole
    return terms
