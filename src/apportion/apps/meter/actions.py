"""Importing accounting: one transaction, and nothing twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from apportion.apps.apply.queries import projects_by_slug
from apportion.apps.ledger.actions import insert_rows, lock_tip, post_transfers
from apportion.apps.ledger.queries import available, tip
from apportion.apps.meter.admission import free_jobs
from apportion.apps.meter.models import Charge, UsageImport
from apportion.apps.meter.queries import import_facts, standing_charges
from apportion.apps.meter.sources import Source
from apportion.apps.meter.trimming import trim_charges
from apportion.apps.meter.truing import true_up
from apportion.apps.people.queries import Person, demand
from apportion.core.faults import Fault
from apportion.core.ledger import Kind
from apportion.core.meter.cut import Span
from apportion.core.meter.plan import (
    Booking,
    Facts,
    Payer,
    Plan,
    account_text,
    book,
    plan_import,
)
from apportion.core.periods import post_late
from apportion.core.windows import from_epoch

LONGEST_USER, LONGEST_JOB, LONGEST_NAME, LONGEST_STATE, LONGEST_FILE = 120, 120, 200, 20, 255
COLUMNS = (
    "key",
    "source_id",
    "project_id",
    "account",
    "user",
    "job",
    "name",
    "state",
    "resource",
    "size",
    "submitted_at",
    "started_at",
    "ended_at",
    "unit_seconds",
    "overrun_seconds",
    "microcredits",
    "refunded_seconds",
    "is_open",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Who imports, when, and of which cluster where a sync asked it; nobody is the office itself."""

    actor: str
    now: datetime
    cluster: str = ""
    window: Span | None = None  # of which the scheduler said all


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What importing one file came to.

    Units: added_seconds and the rest in unit-seconds, of all resources together per code.
    """

    source: Source
    added: int  # new charges
    known: int  # segments that stood in the books already
    outside: int  # parts of segments outside the round that was asked for
    uncounted: int  # segments of resources that no round gives; a later import books them
    suspended: int  # new charges that no project's credits answer for
    added_seconds: Mapping[str, int]
    overrun_seconds: Mapping[str, int]
    refunded_seconds: Mapping[str, int]
    contradictions: tuple[Fault, ...]

    @property
    def rejects(self) -> tuple[Fault, ...]:
        """Every row that was not taken, with line and reason."""
        return self.source.reading.rejects + self.contradictions


def import_usage(
    *,
    sources: Sequence[Source],
    by: Person,
    now: datetime,
    only: str | None = None,
    dry_run: bool = False,
) -> list[Imported]:
    """Books what files of accounting say and the books do not yet; all of it or nothing.

    `only` is the slug of a round: use outside its credit window is left for another import.

    Refuses: NOT_ALLOWED, NOT_FOUND.
    """
    demand(by, "usage.import")
    call = Call(actor=by.username, now=now)
    with transaction.atomic():
        lock_tip()
        facts = import_facts(only=only)
        imported = [book_source(source, facts=facts, call=call) for source in sources]
        if dry_run:
            transaction.set_rollback(True)
    return imported


def book_source(source: Source, *, facts: Facts, call: Call) -> Imported:
    """Books one reading, inside the transaction of its caller, who locked the tip.

    A sync that learns nothing new leaves no trace; a file that is imported always does.
    """
    segments = source.reading.segments
    standing = standing_charges(segments, facts=facts)
    if call.cluster and call.window is not None:
        who = {"cluster": call.cluster, "actor": call.actor}
        span, now = call.window, call.now
        if trim_charges(segments, facts=facts, before=standing, window=span, now=now, **who):
            standing = standing_charges(segments, facts=facts)
    plan = plan_import(segments, facts=facts, standing=standing)
    if call.cluster and plan.pieces:  # a job pays from what is held for it
        jobs = {piece.charge.segment.job for piece in plan.pieces}
        free_jobs(cluster=call.cluster, jobs=jobs, now=call.now)
    bookings = book(plan.pieces, balances=available(kind=Kind.PROJECT)) if plan.pieces else []
    if bookings or not call.cluster:
        row = _record_import(source, plan, call)
        _post(bookings, row, call)
    refunded = true_up(segments, facts=facts, before=standing, actor=call.actor, now=call.now)
    return _sum_up(source, plan, bookings, refunded)


def _post(bookings: Sequence[Booking], row: UsageImport, call: Call) -> None:
    whole = [leg for booking in bookings for leg in booking.legs]
    legs = post_late(whole, closed_before_us=tip().closed_before_us)
    if not legs:
        return
    post_transfers(legs, now=call.now, actor=call.actor, memo=f"usage import {row.pk}")
    projects = {slug: project.pk for slug, project in projects_by_slug().items()}
    rows = [_charge_row(booking, row.pk, projects) for booking in bookings]
    insert_rows(Charge, COLUMNS, rows)


def _record_import(source: Source, plan: Plan, call: Call) -> UsageImport:
    reading = source.reading
    rejects = 0 if call.cluster else len(reading.rejects) + len(plan.contradictions)
    return UsageImport.objects.create(
        file=source.file[-LONGEST_FILE:],
        sha256=source.sha256,
        format=source.format.value,
        rows=reading.rows,
        jobs=reading.jobs,
        added=len(plan.pieces),
        repeats=reading.repeats,
        rejects=rejects,  # a sync keeps each of its rejects by itself, once
        imported_at=call.now,
        imported_by=call.actor,
        cluster=call.cluster,
    )


def _charge_row(booking: Booking, source: int, projects: Mapping[str, int]) -> tuple[object, ...]:
    piece, part = booking.piece, booking.piece.charge
    segment = part.segment
    return (
        piece.id,
        source,
        projects[piece.project] if piece.payer is Payer.PROJECT else None,
        account_text(segment),
        segment.user[:LONGEST_USER],
        segment.job[:LONGEST_JOB],
        segment.name[:LONGEST_NAME],
        segment.state[:LONGEST_STATE],
        segment.resource,
        segment.size,
        from_epoch(segment.submitted_at),
        from_epoch(part.started_at),
        from_epoch(part.ended_at),
        part.unit_seconds,
        booking.overrun,
        part.microcredits,
        0,
        segment.is_running and part.ended_at == segment.ended_at,
    )


def _sum_up(
    source: Source, plan: Plan, bookings: Sequence[Booking], refunded: Mapping[str, int]
) -> Imported:
    added: dict[str, int] = {}
    overrun: dict[str, int] = {}
    for booking in bookings:
        resource = booking.piece.charge.segment.resource
        added[resource] = added.get(resource, 0) + booking.piece.charge.unit_seconds
        overrun[resource] = overrun.get(resource, 0) + booking.overrun
    return Imported(
        source=source,
        added=len(bookings),
        known=plan.known,
        outside=plan.outside,
        uncounted=plan.uncounted,
        suspended=sum(booking.piece.payer is Payer.SUSPENSE for booking in bookings),
        added_seconds=added,
        overrun_seconds=overrun,
        refunded_seconds=refunded,
        contradictions=plan.contradictions,
    )
