"""Opening rounds and setting rates."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from apportion.adapters.files.parse import parse_round
from apportion.apps.people.queries import Person, demand
from apportion.apps.rounds.models import (
    Area,
    PolicyVersion,
    Rate,
    ResourceKind,
    Round,
    SeedCommitment,
)
from apportion.core.policy import Policy
from apportion.core.refusals import Code, Refusal, Refused

HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """The milestones of a round, in the order in which they come."""

    requests_close_at: datetime
    reviews_due_at: datetime
    decision_at: datetime
    appeals_until_at: datetime
    credits_start_at: datetime
    credits_end_at: datetime


def open_round(
    *, slug: str, policy_toml: str, dates: Dates, by: Person, now: datetime, name: str = ""
) -> Round:
    """Opens a round under a policy; its areas and resources are made where they are new.

    Refuses: NOT_ALLOWED, ALREADY_DONE, OUT_OF_RANGE.
    Raises: BadInput with every fault of the policy.
    """
    demand(by, "round.open")
    policy = parse_round(policy_toml.encode(), "round.toml")
    _check_dates(slug, dates)
    with transaction.atomic():
        if Round.objects.filter(slug=slug).exists():
            raise Refused(
                [_refuse(Code.ALREADY_DONE, slug, "Choose a slug that no round has yet.")]
            )
        _make_nouns(policy)
        row = Round.objects.create(
            slug=slug,
            name=name or policy.name,
            requests_close_at=dates.requests_close_at,
            reviews_due_at=dates.reviews_due_at,
            decision_at=dates.decision_at,
            appeals_until_at=dates.appeals_until_at,
            credits_start_at=dates.credits_start_at,
            credits_end_at=dates.credits_end_at,
        )
        PolicyVersion.objects.create(
            round=row,
            version=1,
            toml=policy_toml,
            sha256=hashlib.sha256(policy_toml.encode()).hexdigest(),
            recorded_at=now,
        )
    return row


def lock_round(row: Round) -> Round:
    """Locks a round until the transaction ends: filing, scoring and adopting queue up here."""
    return Round.objects.select_for_update().get(pk=row.pk)


def advance_round(*, row: Round, to: Round.State) -> None:
    """Moves a round on; the decide stage calls this when its slate is adopted."""
    row.state = to
    row.save(update_fields=["state"])


def record_commitment(*, row: Round, sha256: str, now: datetime) -> SeedCommitment:
    """Keeps the hash of a round's seed; whoever calls this seals it.

    Refuses: ALREADY_DONE where the round has another, OUT_OF_RANGE where it is no hash.
    """
    if not HASH.fullmatch(sha256):
        remedy = "Give the SHA-256 of the seed's text as 64 digits 0-9 a-f."
        raise Refused([_refuse(Code.OUT_OF_RANGE, row.name, remedy)])
    promised, fresh = SeedCommitment.objects.get_or_create(
        round=row, defaults={"sha256": sha256, "committed_at": now}
    )
    if not fresh and promised.sha256 != sha256:
        raise Refused(
            [_refuse(Code.ALREADY_DONE, row.name, "Its seed is promised by another hash.")]
        )
    return promised


def record_seed(*, row: Round, seed: str, now: datetime) -> SeedCommitment:
    """Keeps the seed whose hash was published; from then on no score of the round changes.

    Refuses: WRONG_STATE where no hash was published, SEED_MISMATCH where it is another seed's.
    """
    promised = SeedCommitment.objects.select_for_update().filter(round=row).first()
    if promised is None:
        remedy = f"Nobody promised a seed: apportion round commit-seed {row.slug} HASH"
        raise Refused([_refuse(Code.WRONG_STATE, row.name, remedy)])
    if hashlib.sha256(seed.encode()).hexdigest() != promised.sha256:
        remedy = f"Its SHA-256 must be {promised.sha256}; mind spaces and line ends."
        raise Refused([_refuse(Code.SEED_MISMATCH, row.name, remedy)])
    if not promised.seed:
        promised.seed, promised.revealed_at = seed, now
        promised.save(update_fields=["seed", "revealed_at"])
    return promised


def set_rate(*, resource: str, microcredits_per_unit: int, starts_at: datetime) -> Rate:
    """Prices a resource from an instant on.

    Refuses: ALREADY_DONE where another rate starts at the same instant.
    """
    kind, _ = ResourceKind.objects.get_or_create(code=resource)
    rate, fresh = Rate.objects.get_or_create(
        resource=kind,
        starts_at=starts_at,
        defaults={"microcredits_per_unit": microcredits_per_unit},
    )
    if not fresh and rate.microcredits_per_unit != microcredits_per_unit:
        raise Refused([_refuse(Code.ALREADY_DONE, resource, "Start the new rate later.")])
    return rate


def mark_flagship(*, area: str) -> None:
    """Says that an area is the flagship: the record does not count it as other research."""
    Area.objects.filter(slug=area).update(flagship=True)


def _make_nouns(policy: Policy) -> None:
    for code, resource in policy.resources.items():
        ResourceKind.objects.get_or_create(code=code, defaults={"unit": resource.unit.value})
    first = Area.objects.count()
    rows: dict[str, Area] = {}
    for position, area in enumerate(policy.areas):
        rows[area.id], _ = Area.objects.get_or_create(
            slug=area.id, defaults={"name": area.name, "position": first + position}
        )
    for area in policy.areas:
        if area.parent is not None and rows[area.id].parent_id is None:
            rows[area.id].parent = rows[area.parent]
            rows[area.id].save(update_fields=["parent"])


def _check_dates(slug: str, dates: Dates) -> None:
    ordered = (dates.requests_close_at, dates.reviews_due_at, dates.decision_at)
    if list(ordered) != sorted(ordered) or dates.credits_end_at <= dates.credits_start_at:
        remedy = (
            "Requests close, then reviews are due, then the decision; credits end after they start."
        )
        raise Refused([_refuse(Code.OUT_OF_RANGE, slug, remedy)])


def _refuse(code: Code, subject: str, remedy: str) -> Refusal:
    return Refusal(code=code, subject=subject, remedy=remedy)
