"""Who pays for what stands in suspense: an account is given to a project, and its usage moves there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Sum

from apportion.apps.apply.queries import find_project, projects_by_slug
from apportion.apps.ledger.actions import lock_tip, post_transfers, seal
from apportion.apps.ledger.queries import available, tip
from apportion.apps.meter.models import Charge, PayingProject
from apportion.apps.meter.queries import BATCH, import_facts
from apportion.apps.meter.reconciling import Waiting
from apportion.apps.meter.truing import refund_charges, refund_policy
from apportion.apps.people.queries import Person, demand
from apportion.core.ids import transfer_id
from apportion.core.ledger import Key, Kind, Transfer, TransferCode, reversal
from apportion.core.meter.cut import holds_any
from apportion.core.meter.plan import SUSPENDED
from apportion.core.meter.settle import Due, settle
from apportion.core.periods import post_late
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.windows import to_epoch_us


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributed:
    """What giving an account to a project came to. Units: unit-seconds of all resources."""

    account: str
    project: str
    moved: int  # charges
    left: int  # charges outside every round's credits
    unit_seconds: int
    overrun_seconds: int


def attribute_account(
    *, account: str, project: str, by: Person, now: datetime, dry_run: bool = False
) -> Attributed:
    """Has a project's credits answer for an account: for what stands in suspense and all to come.

    Repeating it moves what came into suspense since. A project's own account can be named too,
    where its usage came before its credits or without a user.

    Refuses: NOT_ALLOWED, NOT_FOUND, ALREADY_DONE where another project answers for it.
    """
    demand(by, "usage.attribute")
    row = find_project(project)
    with transaction.atomic():
        lock_tip()
        _name(account, row.slug, by=by, now=now)
        facts = import_facts()
        waiting = Charge.objects.filter(project=None, account=account).order_by("ended_at", "pk")
        charges = list(waiting)
        due = [c for c in charges if holds_any(facts.windows, int(c.started_at.timestamp()))]
        _move(due, row.slug, by=by, now=now)
        if dry_run:
            transaction.set_rollback(True)
    return Attributed(
        account=account,
        project=row.slug,
        moved=len(due),
        left=len(charges) - len(due),
        unit_seconds=sum(charge.unit_seconds for charge in due),
        overrun_seconds=sum(charge.overrun_seconds for charge in due),
    )


def waiting_accounts() -> list[Waiting]:
    """Lists what stands in suspense, the largest first."""
    rows = Charge.objects.filter(project=None).order_by().values_list("account", "resource")
    found = [
        Waiting(account=account, resource=resource, charges=count, unit_seconds=int(seconds))
        for account, resource, count, seconds in rows.annotate(Count("id"), Sum("unit_seconds"))
    ]
    return sorted(found, key=lambda one: (-one.unit_seconds, one.account, one.resource))


def _name(account: str, slug: str, *, by: Person, now: datetime) -> None:
    """Writes down who pays for an account, unless that is what its name says."""
    projects = projects_by_slug()
    stands = PayingProject.objects.filter(account=account).select_related("project").first()
    owner = stands.project.slug if stands else account if account in projects else slug
    if owner != slug:
        remedy = "It stays with whom it was given to; move credits between the projects instead."
        subject = f"account {account}"
        numbers: dict[str, int | str] = {"project": owner}
        refusal = Refusal(code=Code.ALREADY_DONE, subject=subject, remedy=remedy, numbers=numbers)
        raise Refused([refusal])
    if stands is None and account != slug:
        PayingProject.objects.create(
            account=account,
            project=projects[slug],
            attributed_at=now,
            attributed_by=by.username,
        )
        seal("attributed", account[:200], f"{account}\n{slug}\n{by.username}".encode())


def _move(due: Sequence[Charge], slug: str, *, by: Person, now: datetime) -> None:
    if not due:
        return
    owed: dict[str, list[Due]] = {}
    for charge in due:
        ended = int(charge.ended_at.timestamp())
        one = Due(ended, bytes(charge.key).hex(), charge.unit_seconds)
        owed.setdefault(charge.resource, []).append(one)
    have = available(kind=Kind.PROJECT)
    paid: dict[str, int] = {}
    for resource, dues in owed.items():
        settled = settle(dues, balance=have.get(Key(Kind.PROJECT, slug, resource), 0))
        paid |= {key: share for key, share, _ in settled.splits}
    legs = [leg for charge in due for leg in _legs(charge, slug, paid)]
    closed = tip().closed_before_us
    open_legs = [_opened(leg, closed) for leg in post_late(legs, closed_before_us=closed)]
    post_transfers(open_legs, now=now, actor=by.username, memo=f"attributed to {slug}"[:200])
    row = projects_by_slug([slug])[slug]
    for charge in due:
        charge.project = row
        charge.overrun_seconds = charge.unit_seconds - paid[bytes(charge.key).hex()]
    Charge.objects.bulk_update(due, ["project", "overrun_seconds"], batch_size=BATCH // 10)
    ids = [bytes(charge.key) for charge in due]
    refund_charges(ids, policy=refund_policy(), actor=by.username, now=now)


def _legs(charge: Charge, slug: str, paid: dict[str, int]) -> Iterable[Transfer]:
    """Undoes the suspended charge and settles it against the project, in one group."""
    key, unit = bytes(charge.key), charge.resource
    at_us = to_epoch_us(charge.ended_at)
    group = f"attributed:{key.hex()}"
    suspended = Transfer(
        id=key,
        debit=Key(Kind.SUSPENSE, charge.account, unit),
        credit=Key(Kind.CONSUMED, SUSPENDED, unit),
        amount=charge.unit_seconds,
        code=TransferCode.SETTLE,
        effective_us=at_us,
    )
    yield replace(reversal(suspended, effective_us=at_us), group=group)
    share = paid[key.hex()]
    consumer = Key(Kind.CONSUMED, slug, unit)
    for kind, amount in ((Kind.PROJECT, share), (Kind.OVERRUN, charge.unit_seconds - share)):
        if amount:
            source = f"{group}/{kind}"
            yield Transfer(
                id=transfer_id(at_us // 1000, source),
                group=group,
                debit=Key(kind, slug, unit),
                credit=consumer,
                amount=amount,
                code=TransferCode.SETTLE,
                source=source,
                effective_us=at_us,
            )


def _opened(leg: Transfer, closed_before_us: int | None) -> Transfer:
    if closed_before_us is None or leg.effective_us >= closed_before_us:
        return leg
    return replace(leg, effective_us=closed_before_us)
