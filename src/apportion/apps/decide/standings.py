"""Reads of what was told: sums of published decisions, alike ones counted together in the database."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Count, ExpressionWrapper, Func, IntegerField, Q, Sum
from django.db.models.sql.compiler import SQLCompiler

from apportion.apps.decide.models import Award, Decision
from apportion.apps.people.queries import Anyone


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Some decided requests that fared alike and that their applicants know of."""

    area: str
    mine: bool
    outcome: str
    waited_days: int | None  # whole days from submission to the day on which it was told
    requests: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What some requests asked and were awarded of one resource. Units: base units."""

    area: str
    mine: bool
    asked: int
    awarded: int


class WholeDays(Func):
    """Counts the whole days from the first instant to the second, rounded down, as `timedelta.days`."""

    output_field = IntegerField()
    arity = 2

    def as_sqlite(
        self,
        compiler: SQLCompiler,
        connection: BaseDatabaseWrapper,  # noqa: ARG002  Django gives it
        **_: Any,
    ) -> tuple[str, tuple[str | int, ...]]:
        """Subtracts seconds as integers: Django's own difference calls Python for each row."""
        (begun, first), (ended, second) = (
            compiler.compile(one) for one in self.get_source_expressions()
        )
        seconds = (
            f"(strftime('%%s', substr({ended}, 1, 19)) - strftime('%%s', substr({begun}, 1, 19))"
            f" - (substr({ended}, 20) < substr({begun}, 20)))"
        )
        whole = f"(({seconds} - (({seconds} %% 86400) + 86400) %% 86400) / 86400)"
        once = (*second, *first, *second, *first)
        return whole, once * 2

    def as_postgresql(
        self,
        compiler: SQLCompiler,
        connection: BaseDatabaseWrapper,  # noqa: ARG002  Django gives it
        **_: Any,
    ) -> tuple[str, tuple[str | int, ...]]:
        """Subtracts as intervals, which PostgreSQL tells in exact decimals."""
        (begun, first), (ended, second) = (
            compiler.compile(one) for one in self.get_source_expressions()
        )
        return (
            f"FLOOR(EXTRACT(EPOCH FROM ({ended} - {begun})) / 86400)::integer",
            (*second, *first),
        )


def told_requests(viewer: Anyone, *, now: datetime) -> Iterator[Told]:
    """Counts the requests whose decisions are published by now, the viewer's own apart."""
    rows = Decision.objects.filter(published_at__lte=now).order_by()
    columns = rows.annotate(mine=_is_mine("request", viewer)).values_list(
        "request__project__area__slug",
        "mine",
        "outcome",
        WholeDays("request__submitted_at", "published_at"),
    )
    for area, mine, outcome, waited, count in columns.annotate(Count("id")):
        yield Told(area=area, mine=bool(mine), outcome=outcome, waited_days=waited, requests=count)


def told_amounts(viewer: Anyone, *, resource: str, now: datetime) -> Iterator[Given]:
    """Sums the published awards of a resource by area, the viewer's own apart."""
    rows = Award.objects.filter(decision__published_at__lte=now, resource__code=resource)
    columns = (
        rows.order_by()
        .annotate(mine=_is_mine("decision__request", viewer))
        .values_list("decision__request__project__area__slug", "mine")
    )
    for area, mine, asked, awarded in columns.annotate(Sum("ask"), Sum("amount")):
        yield Given(area=area, mine=bool(mine), asked=int(asked), awarded=int(awarded))


def told_projects(viewer: Anyone, *, resource: str, now: datetime) -> frozenset[str]:
    """Names the projects for which the viewer was told of an award of a resource, or of none."""
    rows = Award.objects.filter(
        decision__published_at__lte=now,
        resource__code=resource,
        decision__request__author=viewer.pk,
    )
    slugs = rows.order_by().values_list("decision__request__project__slug", flat=True)
    return frozenset(slugs.distinct())


def _is_mine(request: str, viewer: Anyone) -> "ExpressionWrapper[Q]":
    return ExpressionWrapper(Q(**{f"{request}__author": viewer.pk}), output_field=BooleanField())
