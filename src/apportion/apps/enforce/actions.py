"""Making the scheduler's limits true: order, carry out, read back, record what was heard."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.db import transaction

from apportion.apps.apply.queries import projects_by_slug
from apportion.apps.enforce.models import Limit
from apportion.apps.enforce.queries import gather_desired, last_generation
from apportion.apps.people.queries import Person, demand
from apportion.apps.rounds.queries import resources_by_code
from apportion.core.enforce.desired import ProjectLimit
from apportion.core.enforce.plan import Actual, Plan, Step, association_of, plan_limits
from apportion.core.faults import WorldError
from apportion.core.ids import ProjectId, ResourceCode


class Scheduler(Protocol):
    """What enforcing asks of a scheduler."""

    def read_limits(self) -> Actual:
        """Says which limits hold."""

    def apply_step(self, step: Step) -> None:
        """Sets the limits of one association."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What applying came to: what was to mend, what the scheduler said after, what failed."""

    before: Plan
    after: Plan
    failures: tuple[str, ...]


def apply_limits(*, scheduler: Scheduler, by: Person, now: datetime) -> Outcome:
    """Makes the scheduler's limits what the books hold; repeating it changes nothing.

    One project that fails stops no other. The orders are recorded before the first is given and
    the answer after the last, so a crash between leaves limits that count as not applied.

    Refuses: NOT_ALLOWED.
    Raises: WorldError where the scheduler cannot be read.
    """
    demand(by, "limits.apply")
    desired = gather_desired(now=now)
    actual = scheduler.read_limits()
    generation = record_orders(desired=desired)
    before = plan_limits(desired=desired, actual=actual, generation=generation)
    failures: list[str] = []
    for step in before.steps:
        try:
            scheduler.apply_step(step)
        except WorldError as error:
            failures.append(f"{step.project}: {error}")
    heard = scheduler.read_limits()
    record_readback(actual=heard, generation=generation, now=now)
    after = plan_limits(desired=desired, actual=heard, generation=generation)
    return Outcome(before=before, after=after, failures=tuple(failures))


def check_limits(*, scheduler: Scheduler, now: datetime) -> Plan:
    """Asks the scheduler what holds, records the answer, and says what differs from the books.

    Raises: WorldError where the scheduler cannot be read.
    """
    desired = gather_desired(now=now)
    heard = scheduler.read_limits()
    generation = last_generation()
    record_readback(actual=heard, generation=generation, now=now)
    return plan_limits(desired=desired, actual=heard, generation=generation)


def record_orders(*, desired: Sequence[ProjectLimit]) -> int:
    """Records what is about to be ordered, under the next generation, which it gives."""
    projects = projects_by_slug(limit.project for limit in desired)
    resources = resources_by_code()
    with transaction.atomic():
        list(Limit.objects.select_for_update().order_by("pk"))  # one writer of orders at a time
        generation = last_generation() + 1
        for limit in desired:
            for resource, minutes in limit.minutes.items():
                Limit.objects.update_or_create(
                    project=projects[limit.project],
                    resource=resources[resource],
                    defaults={
                        "generation": generation,
                        "desired_minutes": minutes,
                        "read_minutes": None,
                        "read_at": None,
                    },
                )
    return generation


def record_readback(*, actual: Actual, generation: int, now: datetime) -> int:
    """Records what the scheduler said, for orders of this generation alone; counts them.

    An answer to older orders says nothing about newer ones and is dropped.
    """
    with transaction.atomic():
        rows = Limit.objects.select_for_update().filter(generation=generation).order_by("pk")
        for row in (heard := list(rows.select_related("project", "resource"))):
            holds = actual.get(association_of(ProjectId(row.project.slug)), {})
            row.read_minutes = holds.get(ResourceCode(row.resource.code))
            row.read_at = now
        Limit.objects.bulk_update(heard, ["read_minutes", "read_at"])
    return len(heard)
