"""Importing accounting: one transaction, and nothing twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from apportion.apps.ledger.actions import lock_tip
from apportion.apps.ledger.queries import available
from apportion.apps.meter.admission import free_jobs
from apportion.apps.meter.models import UsageImport
from apportion.apps.meter.queries import import_facts, standing_charges
from apportion.apps.meter.quick_booking import post_uses
from apportion.apps.meter.quick_reading import Quick
from apportion.apps.meter.sources import Source
from apportion.apps.meter.trimming import trim_charges
from apportion.apps.meter.truing import true_up
from apportion.apps.people.queries import Person, demand
from apportion.core.faults import Fault
from apportion.core.ledger import Kind
from apportion.core.meter.cut import Span
from apportion.core.meter.plain import Use, pay_uses, use_of
from apportion.core.meter.plan import Facts, Plan, plan_import

LONGEST_FILE = 255
NOTHING_QUICK = Quick()


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


def book_source(
    source: Source, *, facts: Facts, call: Call, quick: Quick = NOTHING_QUICK
) -> Imported:
    """Books one reading, inside the transaction of its caller, who locked the tip.

    A sync that learns nothing new leaves no trace; a file that is imported always does. What was
    read the `quick` way is paid with the rest, in order of time.
    """
    segments = source.reading.segments
    standing = standing_charges(segments, facts=facts)
    if call.cluster and call.window is not None:
        who = {"cluster": call.cluster, "actor": call.actor}
        span, now = call.window, call.now
        if trim_charges(segments, facts=facts, before=standing, window=span, now=now, **who):
            standing = standing_charges(segments, facts=facts)
    plan = plan_import(segments, facts=facts, standing=standing)
    uses = sorted([*map(use_of, plan.pieces), *quick.uses])
    if call.cluster and uses:  # a job pays from what is held for it
        free_jobs(cluster=call.cluster, jobs={use.job for use in uses}, now=call.now)
    paid = pay_uses(uses, balances=available(kind=Kind.PROJECT)) if uses else []
    if uses or not call.cluster:
        row = _record_import(source, plan, call, added=len(uses))
        post_uses(uses, paid, source=row.pk, call=call)
    refunded = true_up(segments, facts=facts, before=standing, actor=call.actor, now=call.now)
    told = _sum_up(source, plan, uses, paid)
    return replace(
        told,
        known=plan.known + quick.known,
        uncounted=plan.uncounted + quick.uncounted,
        refunded_seconds=refunded,
    )


def _record_import(source: Source, plan: Plan, call: Call, *, added: int) -> UsageImport:
    reading = source.reading
    rejects = 0 if call.cluster else len(reading.rejects) + len(plan.contradictions)
    return UsageImport.objects.create(
        file=source.file[-LONGEST_FILE:],
        sha256=source.sha256,
        format=source.format.value,
        rows=reading.rows,
        jobs=reading.jobs,
        added=added,
        repeats=reading.repeats,
        rejects=rejects,  # a sync keeps each of its rejects by itself, once
        imported_at=call.now,
        imported_by=call.actor,
        cluster=call.cluster,
    )


def _sum_up(source: Source, plan: Plan, uses: Sequence[Use], paid: Sequence[int]) -> Imported:
    added: dict[str, int] = {}
    overrun: dict[str, int] = {}
    for use, share in zip(uses, paid, strict=True):
        used = use.unit_seconds
        added[use.resource] = added.get(use.resource, 0) + used
        overrun[use.resource] = overrun.get(use.resource, 0) + used - share
    return Imported(
        source=source,
        added=len(uses),
        known=plan.known,
        outside=plan.outside,
        uncounted=plan.uncounted,
        suspended=sum(not use.project for use in uses),
        added_seconds=added,
        overrun_seconds=overrun,
        refunded_seconds={},
        contradictions=plan.contradictions,
    )
