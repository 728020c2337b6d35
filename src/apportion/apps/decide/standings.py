"""Reads of what was told: each published award with who asked, and how long they waited."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apportion.apps.decide.models import Award


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One award that its applicant knows of. Units: base units."""

    request: str
    area: str
    author: str
    project: str
    outcome: str
    resource: str
    asked: int
    awarded: int
    submitted_at: datetime | None
    told_at: datetime


def told_awards(*, now: datetime) -> list[Told]:
    """Lists all awards that are published by now, the denied with zero, by request and resource."""
    rows = Award.objects.filter(decision__published_at__lte=now)
    columns = rows.order_by("decision__request__ref", "resource__code").values_list(
        "decision__request__ref",
        "decision__request__project__area__slug",
        "decision__request__author__username",
        "decision__request__project__slug",
        "decision__outcome",
        "resource__code",
        "ask",
        "amount",
        "decision__request__submitted_at",
        "decision__published_at",
    )
    names = tuple(Told.__dataclass_fields__)
    listed: list[dict[str, Any]] = [dict(zip(names, row, strict=True)) for row in columns]
    return [Told(**row) for row in listed]
