"""Making the scheduler's limits true: look, order, carry out, read back, record what was heard."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from django.db import transaction

from apportion.apps.apply.queries import projects_by_slug
from apportion.apps.enforce.models import ClusterState, Lever, Limit, Order
from apportion.apps.enforce.queries import (
    gather_desired,
    last_generation,
    needs_qos,
    scheduled_resources,
    site_of_settings,
)
from apportion.apps.enforce.watching import record_counters
from apportion.apps.ledger.actions import seal
from apportion.apps.people.queries import Person, demand
from apportion.apps.rounds.queries import resources_by_code
from apportion.core.enforce.desired import ProjectLimit
from apportion.core.enforce.names import association_of
from apportion.core.enforce.plan import Plan, Step, Verb, holds, plan_limits
from apportion.core.enforce.preflight import Check, Setup, preflight, refusals_of
from apportion.core.enforce.tree import Tree
from apportion.core.faults import WorldError
from apportion.core.ids import ProjectId, ResourceCode
from apportion.core.refusals import Code, Refusal, Refused

WAITS = (0.0, 0.1, 0.3, 1.0, 3.0)  # seconds; slurmctld hears a moment after its database
LEVER_STEPS = (Verb.HOLD, Verb.FREE, Verb.BOOST, Verb.UNBOOST)


class Answer(Protocol):
    """What a scheduler said to one order that it did not carry out."""

    @property
    def step(self) -> Step:
        """The order."""

    @property
    def said(self) -> str:
        """Its words."""


class Scheduler(Protocol):
    """What enforcing asks of a scheduler."""

    @property
    def name(self) -> str:
        """Names the cluster."""

    def read_tree(self, *, qos: bool = False) -> Tree:
        """Says what holds."""

    def read_setup(self) -> Setup:
        """Says how it is configured."""

    def carry_out(self, steps: Sequence[Step]) -> Sequence[Answer]:
        """Orders steps in one batch."""

    def describe(self, step: Step) -> str:
        """Writes a step as an operator would type it."""

    def pause(self, seconds: float) -> None:
        """Waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What applying came to: what was to mend, what the scheduler said after, what failed."""

    before: Plan
    after: Plan
    failures: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sight:
    desired: tuple[ProjectLimit, ...]
    tree: Tree
    plan: Plan


def apply_limits(
    *, scheduler: Scheduler, by: Person | None, now: datetime, expected: int | None = None
) -> Outcome:
    """Makes the scheduler's limits what the books hold; repeating it changes nothing.

    One order that fails stops no other. Orders are recorded before the first is given and the
    answer after the last, so a crash between leaves limits that count as not applied. `by` is
    nobody where time itself applies; `expected` is the generation of the plan that was read.

    Refuses: NOT_ALLOWED, WRONG_STATE where the preflight does, STALE_PREVIEW where the plan that
        was read is not the next any more, or somebody else ordered meanwhile.
    Raises: WorldError where the scheduler cannot be read.
    """
    if by is not None:
        demand(by, "limits.apply")
    _refuse_unsafe(scheduler)
    sight = _look(scheduler, now=now)
    if expected is not None:
        _refuse_stale(scheduler.name, expected - 1)
    generation = record_orders(cluster=scheduler.name, sight=sight.plan, by=by, now=now)
    record_limits(cluster=scheduler.name, desired=sight.desired, generation=generation)
    before, trouble = sight.plan, ""
    answers: tuple[Answer, ...] = ()
    if before.steps:
        _refuse_stale(scheduler.name, generation)
        try:
            answers = tuple(scheduler.carry_out(before.steps))
        except WorldError as error:
            trouble = str(error)
    after = _read_back(scheduler, sight, generation=generation, now=now, changed=bool(answers))
    failures = tuple(_failures(before, after, answers, trouble))
    _close_order(scheduler, after, generation=generation, failures=failures, now=now)
    return Outcome(before=before, after=after, failures=failures)


def check_limits(*, scheduler: Scheduler, now: datetime) -> Plan:
    """Asks the scheduler what holds, records the answer, and says what differs from the books.

    Raises: WorldError where the scheduler cannot be read, which is recorded too.
    """
    try:
        sight = _look(scheduler, now=now)
    except WorldError as error:
        with transaction.atomic():
            state = _lock_state(scheduler.name)
            state.error, state.looked_at, state.matches = str(error), now, False
            state.save()
        raise
    record_readback(
        cluster=scheduler.name, tree=sight.tree, generation=last_generation(scheduler.name), now=now
    )
    _record_look(scheduler, sight.plan, now=now)
    return sight.plan


def check_setup(*, scheduler: Scheduler) -> tuple[Check, ...]:
    """Looks whether the cluster's configuration can be trusted with limits.

    Raises: WorldError.
    """
    setup = scheduler.read_setup()
    return preflight(setup, site=site_of_settings(), resources=scheduled_resources())


def record_orders(*, cluster: str, sight: Plan, by: Person | None, now: datetime) -> int:
    """Records what is about to be ordered, under the next generation, which it gives.

    Nothing to order is no new generation.
    """
    with transaction.atomic():
        state = _lock_state(cluster)
        if not sight.steps:
            return state.generation
        state.generation += 1
        state.save(update_fields=["generation"])
        steps = [
            {"verb": step.verb.value, "account": step.association, "reason": step.reason}
            for step in sight.steps
        ]
        Order.objects.create(
            cluster=cluster, generation=state.generation, by=by, at=now, steps=steps
        )
        facts = {
            "schema": "apportion.limits/1",
            "cluster": cluster,
            "generation": state.generation,
            "at": now.astimezone(UTC).isoformat(),
            "steps": steps,
        }
        subject = f"{cluster}/{state.generation}"
        seal("limits", subject, json.dumps(facts, sort_keys=True).encode())
    return state.generation


def record_limits(*, cluster: str, desired: Sequence[ProjectLimit], generation: int) -> int:
    """Keeps the limits that are wanted now; those that changed count as not applied. Counts them."""
    projects = projects_by_slug(limit.project for limit in desired)
    resources = resources_by_code()
    with transaction.atomic():
        Limit.objects.filter(cluster="").delete()  # of a time when a limit named no cluster
        rows = Limit.objects.filter(cluster=cluster).select_related("project", "resource")
        known = {(row.project.slug, row.resource.code): row.desired_minutes for row in rows}
        changed = [
            Limit(
                project=projects[limit.project],
                resource=resources[resource],
                cluster=cluster,
                generation=generation,
                desired_minutes=minutes,
            )
            for limit in desired
            for resource, minutes in limit.minutes.items()
            if known.get((limit.project, resource)) != minutes
        ]
        Limit.objects.bulk_create(
            changed,
            batch_size=1000,
            update_conflicts=True,
            unique_fields=["project", "resource", "cluster"],
            update_fields=["generation", "desired_minutes", "read_minutes", "read_at"],
        )
    return len(changed)


def record_readback(*, cluster: str, tree: Tree, generation: int, now: datetime) -> int:
    """Records what the scheduler said, if no newer orders were given since; counts the limits.

    An answer to older orders says nothing about newer ones and is dropped.
    """
    site = site_of_settings()
    with transaction.atomic():
        if _lock_state(cluster).generation != generation:
            return 0
        rows = Limit.objects.filter(cluster=cluster).select_related("project", "resource")
        changed = []
        for row in rows:
            found = holds(tree, association_of(ProjectId(row.project.slug)), site) or {}
            minutes = found.get(ResourceCode(row.resource.code))
            if minutes != row.read_minutes:
                row.read_minutes = minutes
                changed.append(row)
        Limit.objects.bulk_update(changed, ["read_minutes"], batch_size=500)
        return rows.update(read_at=now)


def _look(scheduler: Scheduler, *, now: datetime) -> _Sight:
    site = site_of_settings()
    tree = scheduler.read_tree(qos=needs_qos(site))
    record_counters(cluster=scheduler.name, tree=tree, now=now)
    desired = gather_desired(now=now, cluster=scheduler.name)
    generation = last_generation(scheduler.name) + 1
    plan = plan_limits(desired=desired, tree=tree, site=site, generation=generation)
    return _Sight(desired=desired, tree=tree, plan=plan)


def _read_back(
    scheduler: Scheduler, sight: _Sight, *, generation: int, now: datetime, changed: bool
) -> Plan:
    """Asks what holds now, again where the scheduler has not heard of every order yet."""
    site, tree, after = site_of_settings(), sight.tree, sight.plan
    if sight.plan.steps:
        for wait in WAITS[: 2 if changed else None]:
            scheduler.pause(wait)
            tree = scheduler.read_tree(qos=needs_qos(site))
            after = plan_limits(
                desired=sight.desired, tree=tree, site=site, generation=generation + 1
            )
            if not after.steps:
                break
    record_readback(cluster=scheduler.name, tree=tree, generation=generation, now=now)
    return after


def _close_order(
    scheduler: Scheduler, after: Plan, *, generation: int, failures: Sequence[str], now: datetime
) -> None:
    order = Order.objects.filter(cluster=scheduler.name, generation=generation).first()
    if order is not None and order.in_force_at is None:
        order.failures = list(failures)
        order.in_force_at = None if after.steps else now
        order.save(update_fields=["failures", "in_force_at"])
    waiting = {step.project for step in after.steps if step.verb in LEVER_STEPS}
    lifted = Lever.objects.filter(lifted_at__isnull=False)
    lifted.exclude(project__slug__in=[slug for slug in waiting if slug]).delete()
    _record_look(scheduler, after, now=now)


def _record_look(scheduler: Scheduler, plan: Plan, *, now: datetime) -> None:
    found = [
        {"subject": step.association, "what": step.reason, "mend": scheduler.describe(step)}
        for step in plan.steps
    ]
    found += [
        {"subject": finding.subject, "what": finding.what, "mend": finding.mend}
        for finding in plan.findings
    ]
    with transaction.atomic():
        state = _lock_state(scheduler.name)
        state.looked_at, state.matches, state.error, state.found = now, plan.matches, "", found
        state.save()


def _failures(
    before: Plan, after: Plan, answers: Sequence[Answer], trouble: str
) -> tuple[str, ...]:
    """Says which orders do not hold, in Slurm's own words where it had some."""
    said = {_key(answer.step): answer.said for answer in answers}
    ordered = {_key(step) for step in before.steps}
    missed = [step for step in after.steps if _key(step) in ordered]
    if trouble:
        return (trouble,)
    return tuple(
        f"{step.association}: {step.verb.value}: "
        + said.get(_key(step), "ordered, and read back as not in force")
        for step in missed
    )


def _key(step: Step) -> tuple[str, str, str]:
    return (step.verb.value, step.association, step.user)


def _refuse_unsafe(scheduler: Scheduler) -> None:
    if unsafe := refusals_of(check_setup(scheduler=scheduler)):
        raise Refused(
            Refusal(
                code=Code.WRONG_STATE,
                subject=f"cluster {scheduler.name}, {check.subject}",
                remedy=f"It {check.what}. {check.mend}",
            )
            for check in unsafe
        )


def _refuse_stale(cluster: str, generation: int) -> None:
    newest = last_generation(cluster)
    if newest != generation:
        remedy = "Plan again and apply that."
        numbers: dict[str, int | str] = {"planned": generation + 1, "newest": newest}
        subject = f"orders to {cluster}"
        code = Code.STALE_PREVIEW
        raise Refused([Refusal(code=code, subject=subject, remedy=remedy, numbers=numbers)])


def _lock_state(cluster: str) -> ClusterState:
    ClusterState.objects.get_or_create(name=cluster)
    return ClusterState.objects.select_for_update().get(name=cluster)
