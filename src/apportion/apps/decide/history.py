"""Reads of everything that was ever decided: who asked, who got what, which promises held."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apportion.apps.decide.models import Award, Slate


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One award of one decided request. Units: base units."""

    round: str
    request: str
    project: str
    area: str
    author: str
    outcome: str
    resource: str
    minimum: int
    asked: int
    awarded: int
    starts_at: datetime  # when the round's credits may be used
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorKept:
    """What an area was promised in a round and what it was awarded. Units: base units."""

    round: str
    area: str
    resource: str
    promised: int
    met: int
    shortfall: int


def decided_awards() -> list[Decided]:
    """Lists all awards ever adopted, the denied with zero, by request and resource."""
    rows = Award.objects.order_by("decision__request__ref", "resource__code").values_list(
        "decision__request__round__slug",
        "decision__request__ref",
        "decision__request__project__slug",
        "decision__request__project__area__slug",
        "decision__request__author__username",
        "decision__outcome",
        "resource__code",
        "minimum",
        "ask",
        "amount",
        "decision__request__round__credits_start_at",
        "decision__request__round__credits_end_at",
    )
    names = tuple(Decided.__dataclass_fields__)
    listed: list[dict[str, Any]] = [dict(zip(names, row, strict=True)) for row in rows]
    return [Decided(**row) for row in listed]


@dataclass(frozen=True, slots=True, kw_only=True)
class Floors:
    """The floors of all adopted slates, and the rounds whose decision document cannot be read."""

    kept: tuple[FloorKept, ...]
    unread: tuple[str, ...]


def floors_kept() -> Floors:
    """Lists the floors of every adopted slate, as its decision document has them.

    A document that somebody changed in the database stops no page: the ledger's audit finds it.
    """
    slates = Slate.objects.filter(adopted_at__isnull=False).order_by("round__slug")
    kept: list[FloorKept] = []
    unread: dict[str, None] = {}
    for slug, text in slates.values_list("round__slug", "document"):
        try:
            kept += [_floor(slug, floor) for floor in json.loads(text)["floors"]]
        except (ValueError, KeyError, TypeError):
            unread[slug] = None
    return Floors(kept=tuple(kept), unread=tuple(unread))


def _floor(slug: str, floor: dict[str, Any]) -> FloorKept:
    return FloorKept(
        round=slug,
        area=floor["area"],
        resource=floor["resource"],
        promised=int(floor["promised"]),
        met=int(floor["met"]),
        shortfall=int(floor["shortfall"]),
    )
