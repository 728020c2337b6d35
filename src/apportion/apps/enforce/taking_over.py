"""Taking over an existing tree of accounts: projects, members and credits, in one transaction."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from apportion.apps.apply.actions import add_member, start_project
from apportion.apps.apply.queries import projects_by_slug
from apportion.apps.enforce.queries import scheduled_resources
from apportion.apps.ledger.actions import lock_tip, post_transfers
from apportion.apps.people.actions import add_person
from apportion.apps.people.queries import Person, demand, list_people
from apportion.apps.rounds.queries import find_area
from apportion.core.enforce.desired import SECONDS_PER_MINUTE
from apportion.core.enforce.takeover import Fate, Takeover
from apportion.core.enforce.takeover import plan_takeover as plan_tree
from apportion.core.enforce.tree import Tree
from apportion.core.ids import ProjectId, ResourceCode, transfer_id
from apportion.core.ledger import Key, Kind, Transfer, TransferCode
from apportion.core.windows import to_epoch_us


def plan_takeover(*, tree: Tree, under: str = "") -> tuple[Takeover, ...]:
    """Says of every account what would become of it."""
    known = {ProjectId(slug) for slug in projects_by_slug()}
    return plan_tree(tree, known=known, under=under)


def take_over(
    *, taken: Sequence[Takeover], cluster: str, area: str, by: Person, now: datetime
) -> int:
    """Makes a project of each new account, its users members and its limits credits; counts them.

    The first user leads, or whoever takes over where there is none. Users whom the office does
    not know become people who cannot sign in yet. The limit as a whole becomes credit: what was
    used of it stays counted by the scheduler, so that the first plan finds nothing to change.

    Refuses: NOT_ALLOWED, NOT_FOUND.
    """
    demand(by, "limits.apply")
    new = [one for one in taken if one.fate is Fate.NEW]
    row = find_area(area)
    resources = set(scheduled_resources())
    with transaction.atomic():
        lock_tip()
        people = {person.username: person for person in list_people()}
        legs: list[Transfer] = []
        for one in new:
            team = [
                people.get(user) or add_person(username=user, name=user, roles=["researcher"])
                for user in one.members
            ]
            people.update({person.username: person for person in team})
            lead = team[0] if team else by
            project = start_project(
                slug=one.account, title=one.account, area=row, lead=lead, now=now
            )
            for person in team[1:]:
                add_member(project=project, person=person)
            for code in sorted(resources & set(one.minutes)):
                legs.extend(_credit(one, code, cluster=cluster, now=now))
        if legs:
            post_transfers(legs, now=now, actor=by.username, memo=f"limits of {cluster}")
    return len(new)


def _credit(
    one: Takeover, code: ResourceCode, *, cluster: str, now: datetime
) -> tuple[Transfer, ...]:
    """Issues the credit that a limit stands for, through a pool that has the cluster's name."""
    amount = one.minutes[code] * SECONDS_PER_MINUTE
    if not amount:
        return ()
    pool = Key(Kind.POOL, cluster, code)
    ends = (
        (Key(Kind.ISSUED, cluster, code), pool, TransferCode.OPEN),
        (pool, Key(Kind.PROJECT, one.account, code), TransferCode.GRANT),
    )
    at_us = to_epoch_us(now)
    source = f"import:{cluster}:{one.account}:{code}"
    return tuple(
        Transfer(
            id=transfer_id(at_us // 1000, f"{source}:{kind.value}"),
            group=source,
            debit=debit,
            credit=credit,
            amount=amount,
            code=kind,
            source=source,
            note=source,
            effective_us=at_us,
        )
        for debit, credit, kind in ends
    )
