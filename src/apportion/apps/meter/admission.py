"""May a job be sent, and what is held for those that were: credits promised before they are used."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from apportion.apps.ledger.actions import expire_holds, lock_tip, post_transfers
from apportion.apps.ledger.queries import available
from apportion.apps.members.queries import caps_in_force
from apportion.apps.meter.models import JobHold
from apportion.apps.meter.queries import BATCH, import_facts, used_by_members
from apportion.core.ledger import Key, Kind, Transfer, TransferCode, void_hold
from apportion.core.meter.admission import Ask, Bill, bill_of, hold_leg, refuse_bill, refuse_caps
from apportion.core.meter.plan import Facts
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.windows import to_epoch_us

OFFICE = ""  # the office itself, at every sync
TICKET = "ticket:"  # the name of a job that has no number yet
TICKET_LASTS = timedelta(minutes=10)  # until the next sync finds the job itself
HOLD_LASTS = timedelta(days=1)  # each sync renews it; where none comes, credits are free again


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """A job that waits or runs, with what it may still use. Units: seconds; None is endless."""

    job: str
    ask: Ask
    used: int
    ticket: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a pass over the queue came to. Units: base units, of all resources together."""

    jobs: int
    placed: int
    released: int
    short: int  # what could not be held, for want of credits


def weigh_job(ask: Ask, *, now: datetime) -> Bill:
    """Says what a job would use at most, where its project can pay it and its user's cap allows it.

    Refuses: NOT_FOUND, INCOMPLETE, NOT_ENOUGH.
    """
    facts = import_facts()
    bill = _bill(ask, facts)
    if isinstance(bill, Refusal):
        raise Refused([bill])
    lacks = refuse_bill(bill, available=available(kind=Kind.PROJECT))
    caps = caps_in_force(now=now, projects=[bill.project]).get(bill.project, {}).get(ask.user)
    if caps:
        used = used_by_members(bill.project).get(ask.user, {})
        lacks += refuse_caps(bill, user=ask.user, caps=caps, used=used)
    if lacks:
        raise Refused(lacks)
    return bill


def admit_job(ask: Ask, *, cluster: str, ticket: str, now: datetime) -> Bill:
    """Admits a job and holds its worst case under a ticket, so that two cannot spend the same.

    Refuses: NOT_FOUND, INCOMPLETE, NOT_ENOUGH.
    """
    with transaction.atomic():
        expire_holds(now=now)
        lock_tip()
        bill = weigh_job(ask, now=now)
        _hold(cluster, TICKET + ticket, bill, until=now + TICKET_LASTS, now=now)
    return bill


def hold_queue(*, cluster: str, queue: Sequence[Queued], now: datetime) -> Held:
    """Makes holds what the queue may still use: placed, trued up, and released at a job's end.

    What the credits cannot hold is not held: the job is there, and what it uses is a fact.
    """
    with transaction.atomic():
        expire_holds(now=now)
        lock_tip()
        facts = import_facts()
        bills = {one.job: bill for one in queue if (bill := _rest(one, facts)) is not None}
        tickets = {TICKET + one.ticket for one in queue if one.ticket}
        wanted = {
            (job, resource): amount
            for job, bill in bills.items()
            for resource, amount in bill.amounts.items()
        }
        rows = list(JobHold.objects.filter(cluster=cluster))
        stale = [row for row in rows if _is_stale(row, wanted, tickets, now)]
        released = release_holds(stale, now=now)
        kept = {(row.job, row.resource) for row in rows} - {(r.job, r.resource) for r in stale}
        short = placed = 0
        left = dict(available(kind=Kind.PROJECT))
        new: list[tuple[str, Bill]] = []
        for job, bill in sorted(bills.items(), key=lambda item: _order(item[0])):
            amounts, lacking = _within(bill, left, skip={r for j, r in kept if j == job})
            short += lacking
            placed += sum(amounts.values())
            new.append((job, Bill(project=bill.project, amounts=amounts)))
        _hold_all(cluster, new, until=now + HOLD_LASTS, now=now)
    return Held(jobs=len(bills), placed=placed, released=released, short=short)


def free_jobs(*, cluster: str, jobs: Iterable[str], now: datetime) -> None:
    """Releases what is held for jobs that are about to be charged, so that they pay from it."""
    if not (held := list(JobHold.objects.filter(cluster=cluster))):
        return
    wanted = set(jobs)
    release_holds([row for row in held if row.job in wanted], now=now)


def release_holds(rows: Sequence[JobHold], *, now: datetime) -> int:
    """Releases holds; gives what was free again. Those whose time was over are free already."""
    live = [row for row in rows if row.until_at > now]
    at_us = to_epoch_us(now)
    legs = [void_hold(_leg(row), effective_us=at_us) for row in live]
    if legs:
        post_transfers(legs, now=now, actor=OFFICE, memo="holds of jobs released")
    ids = [row.pk for row in rows]
    for at in range(0, len(ids), BATCH):
        JobHold.objects.filter(pk__in=ids[at : at + BATCH]).delete()
    return sum(row.amount for row in live)


def list_holds(*, owner: str = "") -> list[JobHold]:
    """Lists what is held for jobs."""
    rows = JobHold.objects.all()
    return list(rows.filter(owner=owner) if owner else rows)


def _bill(ask: Ask, facts: Facts) -> Bill | Refusal:
    project = ask.account if ask.account in facts.projects else facts.payers.get(ask.account)
    if project is None:
        remedy = "Name a project of the office: #SBATCH --account=PROJECT."
        return Refusal(code=Code.NOT_FOUND, subject=f"account {ask.account!r}", remedy=remedy)
    return bill_of(ask, project=project, counted=facts.resources)


def _rest(one: Queued, facts: Facts) -> Bill | None:
    """Reckons what a job may still use; None where nobody can say, or nobody pays."""
    bill = _bill(one.ask, facts)
    if isinstance(bill, Refusal) or one.ask.seconds is None:
        return None
    share = max(0, one.ask.seconds - one.used), one.ask.seconds
    amounts = {code: amount * share[0] // share[1] for code, amount in bill.amounts.items()}
    return Bill(project=bill.project, amounts={c: n for c, n in amounts.items() if n})


def _is_stale(
    row: JobHold, wanted: Mapping[tuple[str, str], int], tickets: set[str], now: datetime
) -> bool:
    if row.job.startswith(TICKET):
        return row.job in tickets or row.until_at <= now
    soon = row.until_at - now < HOLD_LASTS / 2
    return soon or wanted.get((row.job, row.resource)) != row.amount


def _within(bill: Bill, left: dict[Key, int], *, skip: set[str]) -> tuple[dict[str, int], int]:
    """Takes of a bill what the project can still promise; gives that, and what is lacking."""
    amounts: dict[str, int] = {}
    lacking = 0
    for resource, amount in bill.amounts.items():
        if resource in skip:
            continue
        key = Key(Kind.PROJECT, bill.project, resource)
        taken = min(amount, max(0, left.get(key, 0)))
        lacking += amount - taken
        if taken:
            left[key] -= taken
            amounts[resource] = taken
    return amounts, lacking


def _hold(cluster: str, job: str, bill: Bill, *, until: datetime, now: datetime) -> None:
    _hold_all(cluster, [(job, bill)], until=until, now=now)


def _hold_all(
    cluster: str, jobs: Iterable[tuple[str, Bill]], *, until: datetime, now: datetime
) -> None:
    at_us = to_epoch_us(now)
    rows = [
        JobHold(
            cluster=cluster,
            job=job,
            owner=bill.project,
            resource=resource,
            amount=amount,
            placed_at=now,
            until_at=until,
        )
        for job, bill in jobs
        for resource, amount in bill.amounts.items()
    ]
    legs = [_placed(row, at_us) for row in rows]
    if legs:
        post_transfers(legs, now=now, actor=OFFICE, memo="held for jobs")
    for row, leg in zip(rows, legs, strict=True):
        row.hold_id = leg.id
    JobHold.objects.bulk_create(rows, batch_size=500)


def _placed(row: JobHold, at_us: int) -> Transfer:
    return hold_leg(
        cluster=row.cluster,
        job=row.job,
        owner=row.owner,
        resource=row.resource,
        amount=row.amount,
        at_us=at_us,
        until_us=to_epoch_us(row.until_at),
    )


def _leg(row: JobHold) -> Transfer:
    return Transfer(
        id=bytes(row.hold_id),
        debit=Key(Kind.PROJECT, row.owner, row.resource),
        credit=Key(Kind.CONSUMED, row.owner, row.resource),
        amount=row.amount,
        code=TransferCode.HOLD,
        effective_us=to_epoch_us(row.placed_at),
        expires_us=to_epoch_us(row.until_at),
    )


def _order(job: str) -> tuple[int, str]:
    """Puts older jobs first: their numbers are smaller."""
    return (int(job) if job.isdigit() else 0, job)
