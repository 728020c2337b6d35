"""The tables of the board as files."""

from apportion.apps.decide import queries
from apportion.apps.decide.comparing import compared_rows, treated_rows, units_of
from apportion.apps.decide.queries import document_of
from apportion.apps.people.gates import Visit
from apportion.apps.people.tables import Rows, file_route
from apportion.apps.rounds.queries import find_round
from apportion.core.decide.compare import compare
from apportion.core.decide.fairness import fairness_of

BOARD = (
    *("rank", "request", "title", "project", "area", "score", "resource", "minimum", "ask"),
    *("award", "outcome", "reasons", "ways"),
)
MOVED = ("request", "resource", "before", "amount_before", "after", "amount_after")
TREATED = ("area", "requests", "approved", "rate", "rate_p", "mean_cut", "cut_p")


def _board(_: Visit, slug: str) -> Rows:
    """A row a request and resource, in base units, as the latest slate treats it."""
    row = find_round(slug)
    return [
        {
            "rank": rank,
            "request": one.ref,
            "title": one.title,
            "project": one.project_slug,
            "area": one.area_slug,
            "score": None if one.score is None else f"{float(one.score) / 100:.2f}",
            "resource": amount.resource,
            "minimum": amount.minimum,
            "ask": amount.ask,
            "award": amount.award,
            "outcome": one.outcome,
            "reasons": " ".join(one.reasons),
            "ways": " ".join(one.ways),
        }
        for rank, one in enumerate(queries.candidates(row, queries.latest_slate(row)), start=1)
        for amount in one.amounts
    ]


def _moved(_: Visit, slug: str, number: int, other: int) -> Rows:
    first = document_of(queries.find_slate(slug, number))
    second = document_of(queries.find_slate(slug, other))
    return compared_rows(compare(first, second), units_of(first))


def _treated(_: Visit, slug: str, number: int, other: int) -> Rows:  # noqa: ARG001  of the second
    return treated_rows(fairness_of(document_of(queries.find_slate(slug, other))))


board = file_route("slate.see", "board", BOARD, _board)
moved = file_route("slate.see", "moved", MOVED, _moved)
treated = file_route("slate.see", "treated", TREATED, _treated)
