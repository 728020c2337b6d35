"""The public record as a document: sums without project names, decisions, promises, signed."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from django.conf import settings

from apportion.apps.decide.history import Decided, decided_awards, floors_kept
from apportion.apps.decide.queries import tally_decisions
from apportion.apps.ledger.checkpoints import newest_checkpoint
from apportion.apps.ledger.keys import office_keys
from apportion.apps.ledger.queries import balances, root_at, subtrees_at, tip
from apportion.apps.meter.daily import DayUse, daily_use, rejected_rows
from apportion.apps.meter.queries import AreaUse
from apportion.apps.report import public
from apportion.apps.report.appeal_counts import count_appeals
from apportion.apps.report.code_reds import count_code_reds
from apportion.apps.report.singles import write_singles
from apportion.apps.rounds.queries import list_areas
from apportion.core.claims.equity import Equity, Outcome, weigh_equity
from apportion.core.claims.facts import Use
from apportion.core.claims.metering import Day, months_metered
from apportion.core.decide.fairness import AreaTreatment
from apportion.core.faults import BadInput
from apportion.core.ledger import Kind
from apportion.core.verify.notes import Note, Signature
from apportion.core.verify.signed import SIGNATURE, signed_text

P_PLACES = 6

Document = dict[str, Any]


def record_document(*, now: datetime) -> Document:
    """Gathers all that the office says in public, and signs it where the office has a key."""
    days, awards, areas, floors = daily_use(), decided_awards(), list_areas(), floors_kept()
    fields = [
        public.Field(slug=area.slug, name=area.name, position=area.position, flagship=area.flagship)
        for area in areas
    ]
    slugs = {area.pk: area.slug for area in areas}
    periods = public.gather_periods(by_month(days))
    document = public.write_record(
        lab=settings.APPORTION_LAB_NAME,
        at=now,
        claim=public.answer_claim(periods, fields),
        periods=periods,
        fields=fields,
        tally=tally_decisions(),
        journal=journal_now(),
    )
    until = (now - timedelta(days=1)).date()  # the last day that is over
    metering = months_metered(map(_day, days), until=until)
    resources = {row.resource for row in metering}
    document |= {
        "until": until.isoformat(),
        "areas": [
            {
                "id": area.slug,
                "name": area.name,
                "flagship": area.flagship,
                "parent": slugs.get(area.parent_id or 0),
            }
            for area in areas
        ],
        "use": [asdict(row) for row in sum_use(days, awards)],
        "metering": [asdict(row) for row in metering],
        "rejected_rows": rejected_rows(),
        "books": _consumed(resources),
        "equity": write_equity(weigh_equity(outcomes_of(awards))),
        "floors": [asdict(floor) for floor in floors.kept],
        "floors_unread": list(floors.unread),  # rounds whose decision file somebody changed
        "code_reds": asdict(count_code_reds()),
        "appeals": asdict(count_appeals()),
        "singles": write_singles(awards),
    }
    plain: Document = json.loads(json.dumps(document))
    return sign_document(plain)


def sign_document(document: Document) -> Document:
    """Puts the office's signature under a document; one of an office without a key has none."""
    try:
        keys = office_keys()
    except BadInput:
        return document | {SIGNATURE: None}
    text = signed_text(document)
    lines = (
        Signature(name=key.name, id=key.key.id, signed=key.sign(text.encode())) for key in keys
    )
    note = Note(text=text, signatures=tuple(lines))
    return document | {SIGNATURE: {"note": str(note), "keys": [str(key.key) for key in keys]}}


def journal_now() -> dict[str, object]:
    """Tells the journal's size and root, what the root folds, and the last signed checkpoint."""
    end, signed = tip(), newest_checkpoint()
    return {
        "size": end.size,
        "root": root_at(end).hex(),
        "transfers": end.transfers,
        "frontier": [node.hex() for node in subtrees_at(end)],
        "checkpoint": str(signed.note) if signed else None,
    }


def by_month(days: Iterable[DayUse]) -> list[AreaUse]:
    """Adds days up to months, suspense left out."""
    sums: dict[tuple[Any, str, str], int] = {}
    for one in days:
        if one.area is not None:
            place = one.day.replace(day=1), one.area, one.resource
            sums[place] = sums.get(place, 0) + one.unit_seconds
    return [
        AreaUse(month=month, area=area, resource=resource, unit_seconds=used)
        for (month, area, resource), used in sorted(sums.items())
    ]


def sum_use(days: Iterable[DayUse], awards: Iterable[Decided]) -> list[Use]:
    """Adds up by month, resource and area: what was used and charged, and what was awarded.

    An award counts in the month in which its credits start.
    """
    sums: dict[tuple[str, str, str], list[int]] = {}

    def add(month: str, resource: str, area: str, *amounts: int) -> None:
        held = sums.setdefault((month, resource, area), [0, 0, 0])
        for place, amount in enumerate(amounts):
            held[place] += amount

    for one in days:
        if one.area is not None:
            add(f"{one.day:%Y-%m}", one.resource, one.area, one.unit_seconds, 0, one.microcredits)
    for award in awards:
        if award.awarded:
            add(f"{award.starts_at:%Y-%m}", award.resource, award.area, 0, award.awarded)
    return [
        Use(month=m, resource=r, area=a, delivered=n[0], awarded=n[1], charged=n[2])
        for (m, r, a), n in sorted(sums.items())
    ]


def outcomes_of(awards: Sequence[Decided]) -> list[Outcome]:
    """Tells of each decided request the part of its ask that was granted: one for all resources."""
    first: dict[str, Decided] = {}
    for award in awards:
        first.setdefault(award.request, award)
    return [
        Outcome(
            request=award.request,
            area=award.area,
            outcome=award.outcome,
            fraction=Fraction(award.awarded, award.asked),
        )
        for award in first.values()
    ]


def write_equity(equity: Equity) -> Document:
    """Writes how areas were treated, with chances as decimals."""
    return {
        "least": equity.least,
        "withheld": equity.withheld,
        "permutations": equity.permutations,
        "outcomes": equity.outcomes,
        "areas": [_treated(area) for area in equity.areas],
    }


def _treated(area: AreaTreatment) -> Document:
    return {
        "area": area.area,
        "requests": area.requests,
        "approved": area.approved,
        "mean_cut": f"{float(area.mean_cut):.{P_PLACES}f}",
        "approval_p": None if area.approval_p is None else f"{area.approval_p:.{P_PLACES}f}",
        "cut_p": None if area.cut_p is None else f"{area.cut_p:.{P_PLACES}f}",
    }


def _day(one: DayUse) -> Day:
    return Day(
        day=one.day,
        since=one.since,
        resource=one.resource,
        area=one.area,
        used=one.unit_seconds,
        charged=one.microcredits,
    )


def _consumed(resources: Iterable[str]) -> dict[str, int]:
    """Adds up what the books hold as used, of the resources that are metered."""
    booked = dict.fromkeys(sorted(resources), 0)
    for key, balance in balances(kind=Kind.CONSUMED).items():
        if key.unit in booked:
            booked[key.unit] += balance
    return booked
