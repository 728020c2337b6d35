"""Making Kueue's queues true: meter, order, write, read back, record what was heard."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction

from apportion.adapters.kueue.parse_json import Found
from apportion.adapters.kueue.parse_workloads import Follower, KueueLayout
from apportion.apps.apply.queries import projects_by_slug
from apportion.apps.ledger.actions import lock_tip
from apportion.apps.meter.actions import Call, Imported, book_source
from apportion.apps.meter.queries import import_facts
from apportion.apps.meter.sources import Format, Source
from apportion.apps.people.queries import Person, demand
from apportion.apps.queues.models import OpenRun, Queue
from apportion.apps.queues.queries import facts_of, gather_queues, last_generation, open_runs
from apportion.core.enforce.kueue import Desired, Kind, Site
from apportion.core.enforce.kueue_plan import (
    Held,
    Place,
    QueuePlan,
    QueueStep,
    place_of,
    plan_queues,
)
from apportion.core.faults import WorldError
from apportion.core.meter.segments import Outcome, gather

LONGEST_WHY = 200


class Cluster(Protocol):
    """What the office asks of a cluster with Kueue."""

    def read_queues(self) -> dict[Place, Held]:
        """Says which queues stand."""

    def apply_step(self, step: QueueStep) -> None:
        """Writes one object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """What applying came to: what was to mend, what stood after, what failed."""

    before: QueuePlan
    after: QueuePlan
    failures: tuple[str, ...]


def sync_workloads(
    *, events: Iterable[Mapping[str, Any]], site: Site, by: Person | None, now: datetime
) -> Imported:
    """Books what Workloads held and the books do not know yet; running ones up to now.

    A repeat changes nothing. Runs that go on are kept, so that an eviction before the next sync
    is charged up to its instant. Nobody is the office itself.

    Refuses: NOT_ALLOWED.
    """
    if by is not None:
        demand(by, "usage.import")
    with transaction.atomic():
        lock_tip()
        follower = Follower(
            file=f"kueue:{site.cluster}", layout=_layout(site, now), known=open_runs(site.cluster)
        )
        digest = hashlib.sha256()
        reading = gather(_outcomes(events, follower, digest.update))
        source = Source(
            file=f"kueue:{site.cluster}",
            sha256=digest.hexdigest(),
            format=Format.KUEUE,
            reading=reading,
        )
        call = Call(actor=by.username if by else "", now=now, cluster=site.cluster)
        imported = book_source(source, facts=import_facts(), call=call)
        OpenRun.objects.filter(cluster=site.cluster).delete()
        OpenRun.objects.bulk_create(
            OpenRun(cluster=site.cluster, uid=run.uid, facts=facts_of(run))
            for run in follower.going.values()
        )
    return imported


def apply_queues(*, cluster: Cluster, site: Site, by: Person | None, now: datetime) -> Outcomes:
    """Makes the queues what the books hold; repeating it changes nothing.

    One object that fails stops no other. The orders are recorded before the first is given and the
    answer after the last, so that a crash between leaves queues that do not count as in force.

    Refuses: NOT_ALLOWED.
    Raises: WorldError where the cluster cannot be read.
    """
    if by is not None:
        demand(by, "limits.apply")
    desired = gather_queues(site=site, now=now)
    actual = cluster.read_queues()
    generation = record_orders(desired=desired, site=site)
    before = plan_queues(desired=desired, actual=actual, generation=generation)
    failures: list[str] = []
    for step in before.steps:
        try:
            cluster.apply_step(step)
        except WorldError as error:
            failures.append(str(error))
    heard = cluster.read_queues() if before.steps else actual
    record_readback(actual=heard, generation=generation, site=site, now=now)
    after = plan_queues(desired=desired, actual=heard, generation=generation)
    return Outcomes(before=before, after=after, failures=tuple(failures))


def check_queues(*, cluster: Cluster, site: Site, now: datetime) -> QueuePlan:
    """Asks the cluster what stands, records the answer, and says what differs from the books.

    Raises: WorldError where the cluster cannot be read.
    """
    desired = gather_queues(site=site, now=now)
    heard = cluster.read_queues()
    generation = last_generation(site.cluster)
    record_readback(actual=heard, generation=generation, site=site, now=now)
    return plan_queues(desired=desired, actual=heard, generation=generation)


def record_orders(*, desired: Desired, site: Site) -> int:
    """Records what is about to be ordered, and gives its generation: a new one where it is new."""
    projects = projects_by_slug({one.project for one in desired.wanted if one.project})
    with transaction.atomic():
        lock_tip()  # one writer of orders at a time
        standing = {
            (row.kind, row.namespace, row.name): row
            for row in Queue.objects.filter(cluster=site.cluster)
        }
        wanted = {place_of(one): dict(one.fields) for one in desired.wanted}
        generation = last_generation(site.cluster)
        if generation and wanted == {place: row.wanted for place, row in standing.items()}:
            return generation
        generation += 1
        Queue.objects.filter(cluster=site.cluster).delete()
        Queue.objects.bulk_create(
            Queue(
                cluster=site.cluster,
                kind=one.kind.value,
                namespace=one.namespace,
                name=one.name,
                project=projects.get(one.project or ""),
                generation=generation,
                wanted=dict(one.fields),
                why=one.why[:LONGEST_WHY],
            )
            for one in desired.wanted
        )
    return generation


def record_readback(
    *, actual: Mapping[Place, Held], generation: int, site: Site, now: datetime
) -> int:
    """Records what the cluster said, for orders of this generation alone; counts them."""
    with transaction.atomic():
        rows = Queue.objects.select_for_update().filter(cluster=site.cluster, generation=generation)
        for row in (heard := list(rows)):
            held = actual.get((Kind(row.kind), row.namespace, row.name))
            row.read = dict(held.fields) if held is not None else None
            row.read_at = now
        Queue.objects.bulk_update(heard, ["read", "read_at"])
    return len(heard)


def _layout(site: Site, now: datetime) -> KueueLayout:
    resources = {(one.name, one.kube_resource): one.resource for one in site.flavors}
    return KueueLayout(cluster=site.cluster, resources=resources, until=int(now.timestamp()))


def _outcomes(
    events: Iterable[Mapping[str, Any]], follower: Follower, digest: Any
) -> Sequence[Outcome]:
    outcomes: list[Outcome] = []
    for number, event in enumerate(events, start=1):
        item = event.get("object")
        if isinstance(item, dict):
            digest(json.dumps(item, sort_keys=True).encode())
            deleted = event.get("type") == "DELETED"
            outcomes += follower.see(Found(line=number, item=item, deleted=deleted))
    return (*outcomes, *follower.finish())
