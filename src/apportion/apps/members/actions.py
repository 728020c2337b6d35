"""What a lead does with the people of a project: brings them in, lets them go, caps their use."""

import json
from datetime import UTC, datetime

from django.db import transaction

from apportion.apps.apply.actions import add_member
from apportion.apps.apply.queries import Project, where_works, works_on
from apportion.apps.ledger.actions import lock_tip, seal
from apportion.apps.members.models import Cap
from apportion.apps.people.acts import note_act
from apportion.apps.people.queries import Person, acts_for, demand, may
from apportion.apps.rounds.queries import resource_units, resources_by_code
from apportion.core.enforce.desired import is_scheduled
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.units import Resource

VERB = "project.members"
LARGEST = 2**62  # base units; more than any account can hold


def bring_in(*, project: Project, person: Person, by: Person, now: datetime) -> None:
    """Lets a person work on a project; one who does already stays.

    Refuses: NOT_ALLOWED, OUT_OF_RANGE for somebody who left.
    """
    demand_lead(by, project)
    if not person.is_active:
        raise Refused([_refuse(Code.OUT_OF_RANGE, str(person), "They have left; name another.")])
    with transaction.atomic():
        if works_on(person, project):
            return
        add_member(project=project, person=person)
        _note(project, person, "bring in", by=by, now=now)


def let_go(*, project: Project, person: Person, by: Person, now: datetime) -> None:
    """Ends somebody's work on a project; what they used stays, and so does what was said of them.

    Refuses: NOT_ALLOWED, NOT_FOUND, OUT_OF_RANGE for the lead.
    """
    demand_lead(by, project)
    if person.pk == project.lead_id:
        remedy = "A project always has a lead."
        raise Refused([_refuse(Code.OUT_OF_RANGE, f"lead of {project.slug}", remedy)])
    with transaction.atomic():
        if not project.members.filter(person=person).delete()[0]:
            raise Refused([_stranger(project, person)])
        _note(project, person, "let go", by=by, now=now)


def set_cap(
    *,
    project: Project,
    person: Person,
    resource: str,
    amount: int | None,
    ends_at: datetime | None,
    by: Person,
    now: datetime,
) -> Cap:
    """Caps what a member's jobs may ever use of a project's credits; None lifts the cap.

    A cap below what was used already is taken: nothing more starts, and what runs runs on. The
    caps of a project may add up to more than it has: whoever comes first uses it.

    Units: base units.
    Refuses: NOT_ALLOWED, NOT_FOUND for a resource or somebody who does not work on it,
        OUT_OF_RANGE for an amount, an end, a resource or somebody who left.
    """
    demand_lead(by, project)
    refusals = [
        *_resource_faults(resource),
        *([] if works_on(person, project) else [_stranger(project, person)]),
        *([] if amount is None else _cap_faults(person, amount, ends_at, now)),
    ]
    if refusals:
        raise Refused(refusals)
    with transaction.atomic():
        lock_tip()
        kind = resources_by_code()[resource]
        rows = Cap.objects.filter(project=project, member=person, resource=kind)
        last = rows.order_by("id").last()
        ends_at = None if amount is None else ends_at
        if last is not None and (last.amount, last.ends_at) == (amount, ends_at):
            return last
        row = Cap.objects.create(
            project=project,
            member=person,
            resource=kind,
            amount=amount,
            ends_at=ends_at,
            set_by=by,
            set_at=now,
        )
        _seal(row, resource)
        told = "no cap" if amount is None else f"at most {amount}"
        _note(project, person, f"{told} of {resource}", by=by, now=now)
    return row


def demand_lead(by: Person, project: Project) -> None:
    """Passes for whoever looks after who works on a project.

    Refuses: NOT_ALLOWED.
    """
    demand(by, VERB, where_works(project))
    if not may_manage(by, project):
        remedy = f"Ask its lead, {project.lead}."
        raise Refused([_refuse(Code.NOT_ALLOWED, f"members of {project.slug}", remedy)])


def may_manage(person: Person, project: Project) -> bool:
    """Says whether somebody looks after who works on a project: its lead, or an operator."""
    giver = acts_for(person)
    leads = project.lead_id in {person.pk, giver.pk if giver else None}
    return may(person, VERB, where_works(project)) and (leads or may(person, "people.manage"))


def _resource_faults(resource: str) -> list[Refusal]:
    unit = resource_units().get(resource)
    if unit is None:
        known = ", ".join(sorted(resource_units())) or "none yet"
        return [_refuse(Code.NOT_FOUND, f"resource {resource!r}", f"There are: {known}.")]
    if not is_scheduled(Resource(code=resource, unit=unit)):
        remedy = "A cap holds what a scheduler counts: GPUs and processors."
        return [_refuse(Code.OUT_OF_RANGE, f"resource {resource!r}", remedy)]
    return []


def _cap_faults(
    person: Person, amount: int, ends_at: datetime | None, now: datetime
) -> list[Refusal]:
    checks = (
        (not person.is_active, str(person), "They have left; nothing of theirs starts."),
        (not 0 <= amount <= LARGEST, "cap", "Name 0 or more, and less than all there is."),
        (ends_at is not None and ends_at <= now, "end", "It ends in the future."),
    )
    return [_refuse(Code.OUT_OF_RANGE, what, remedy) for wrong, what, remedy in checks if wrong]


def _seal(row: Cap, resource: str) -> None:
    facts = {
        "schema": "apportion.cap/1",
        "project": row.project.slug,
        "member": row.member.username,
        "resource": resource,
        "amount": row.amount,
        "ends_at": None if row.ends_at is None else row.ends_at.astimezone(UTC).isoformat(),
        "by": row.set_by.username,
        "at": row.set_at.astimezone(UTC).isoformat(),
    }
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    seal("cap", f"{row.project.slug}/{row.pk}", text.encode())


def _note(project: Project, person: Person, words: str, *, by: Person, now: datetime) -> None:
    note_act(by=by, about=person, verb=VERB, words=f"{project.slug}: {words}", now=now)


def _stranger(project: Project, person: Person) -> Refusal:
    remedy = f"List who does with: apportion project members {project.slug}"
    return _refuse(Code.NOT_FOUND, f"{person} among those who work on {project.slug}", remedy)


def _refuse(code: Code, subject: str, remedy: str) -> Refusal:
    return Refusal(code=code, subject=subject, remedy=remedy)
