"""Opening rounds and setting rates."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from itertools import count

from django.db import transaction

from apportion.adapters.files.parse import parse_round
from apportion.adapters.files.parse_call import parse_call
from apportion.adapters.files.parse_review import parse_review
from apportion.adapters.files.render_round import render_small_round
from apportion.apps.people.queries import Person, Where, demand, may
from apportion.apps.rounds.models import (
    Area,
    PolicyVersion,
    Rate,
    ResourceKind,
    Round,
    SeedCommitment,
)
from apportion.apps.rounds.queries import call_of, list_rounds, policy_of, policy_text, spending_of
from apportion.core.policy import Policy
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.review.terms import ALWAYS

HASH = re.compile(r"[0-9a-f]{64}")
MOST_URGENT_DAYS = 30
SLUG = re.compile(r"[A-Za-z0-9_-]{1,60}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """The milestones of a round, in the order in which they come."""

    requests_close_at: datetime
    reviews_due_at: datetime
    decision_at: datetime
    appeals_until_at: datetime
    credits_start_at: datetime
    credits_end_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a round is beside its dates; without a kind it is what its call says."""

    kind: Round.Kind | None = None
    opens_at: datetime | None = None
    parent: Round | None = None


# (state, verb) -> state; what is absent is refused.
LIFECYCLE: dict[tuple[str, str], str] = {
    (Round.State.PLANNED, "open"): Round.State.OPEN,
    (Round.State.OPEN, "close"): Round.State.REVIEW,
    # Decided behind closed doors: nothing is filed any more, and nobody is told yet.
    (Round.State.OPEN, "hold"): Round.State.REVIEW,
    (Round.State.REVIEW, "hold"): Round.State.REVIEW,
    (Round.State.OPEN, "tell"): Round.State.DECIDED,
    (Round.State.REVIEW, "tell"): Round.State.DECIDED,
    (Round.State.DECIDED, "end"): Round.State.CLOSED,  # told, and past every appeal
}


def open_round(
    *,
    slug: str,
    policy_toml: str,
    dates: Dates,
    by: Person,
    now: datetime,
    name: str = "",
    kind: Round.Kind | None = None,
) -> Round:
    """Opens a round under a policy at once; `kind` is what its call says unless told otherwise.

    Refuses: NOT_ALLOWED, ALREADY_DONE, OUT_OF_RANGE.
    Raises: BadInput with every fault of the policy.
    """
    demand(by, "round.open", Where(slug))
    with transaction.atomic():
        row = create_round(
            slug=slug,
            policy_toml=policy_toml,
            dates=dates,
            by=by,
            now=now,
            name=name,
            plan=Plan(kind=kind),
        )
        return start_round(row=row, by=by, now=now)


def create_round(
    *,
    slug: str,
    policy_toml: str,
    dates: Dates,
    by: Person,
    now: datetime,
    name: str = "",
    plan: Plan | None = None,
) -> Round:
    """Plans a round under a policy; its areas and resources are made where they are new.

    Refuses: NOT_ALLOWED, ALREADY_DONE, OUT_OF_RANGE.
    Raises: BadInput with every fault of the policy.
    """
    demand(by, "round.open", Where(slug))
    plan = plan or Plan()
    policy = parse_round(policy_toml.encode(), "round.toml")
    call = parse_call(policy_toml.encode(), "round.toml")
    _check_dates(slug, dates, plan.opens_at)
    if not SLUG.fullmatch(slug):
        remedy = "Write 1 to 60 letters, digits, - or _."
        raise Refused([_refuse(Code.OUT_OF_RANGE, f"round {slug!r}", remedy)])
    if call.fast_lane and not may(by, "slate.adopt", Where(slug)):
        remedy = "A fast lane decides without the board, so a board member opens it."
        raise Refused([_refuse(Code.NOT_ALLOWED, slug, remedy)])
    with transaction.atomic():
        if Round.objects.filter(slug=slug).exists():
            raise Refused(
                [_refuse(Code.ALREADY_DONE, slug, "Choose a slug that no round has yet.")]
            )
        _make_nouns(policy)
        row = Round.objects.create(
            slug=slug,
            name=name or policy.name,
            kind=plan.kind or Round.Kind(call.intake.value),
            state=Round.State.PLANNED,
            parent=plan.parent,
            opens_at=plan.opens_at,
            opened_by=by,
            **asdict(dates),
        )
        PolicyVersion.objects.create(
            round=row,
            version=1,
            toml=policy_toml,
            sha256=hashlib.sha256(policy_toml.encode()).hexdigest(),
            recorded_at=now,
        )
    return row


def open_urgent(
    *,
    like: Round,
    slug: str,
    why: str,
    pool: Mapping[str, int],
    days: int,
    by: Person,
    now: datetime,
) -> Round:
    """Opens a round of one: a pool of its own for one request that cannot wait, decided within days.

    Areas, resources and signers are those of another round; credits count in the period that is
    being spent, or else in that round's.

    Refuses: NOT_ALLOWED, REASON_MISSING, NOT_FOUND, OUT_OF_RANGE, ALREADY_DONE.
    """
    demand(by, "round.open", Where(slug))
    policy = policy_of(like)
    if not why.strip():
        raise Refused([_refuse(Code.REASON_MISSING, slug, "Say why it cannot wait.")])
    if unknown := [code for code in pool if code not in policy.pool]:
        remedy = f"{like.slug} has {', '.join(policy.pool)}."
        raise Refused([_refuse(Code.NOT_FOUND, f"resource {unknown[0]!r}", remedy)])
    if not pool or not all(pool.values()) or not 1 <= days <= MOST_URGENT_DAYS:
        remedy = f"Give a pool above zero and 1 to {MOST_URGENT_DAYS} days."
        raise Refused([_refuse(Code.OUT_OF_RANGE, slug, remedy)])
    credits_of = spending_of(list_rounds(), now) or like
    name, day = f"Urgent: {why.strip()}"[:110], timedelta(days=1)
    barring = parse_review(policy_text(like).encode(), f"{like.slug}/round.toml").board_grounds
    text = render_small_round(
        policy,
        name=name,
        pool=pool,
        seed=f"urgent:{slug}",
        signers=policy.board.signers,
        conflicts=barring - ALWAYS,
    )
    dates = Dates(
        requests_close_at=now + days * day / 3,
        reviews_due_at=now + days * day * 2 / 3,
        decision_at=now + days * day,
        appeals_until_at=now + (days + 14) * day,
        credits_start_at=credits_of.credits_start_at,
        credits_end_at=credits_of.credits_end_at,
    )
    return open_round(
        slug=slug, policy_toml=text, dates=dates, by=by, now=now, kind=Round.Kind.URGENT
    )


def start_round(*, row: Round, by: Person, now: datetime) -> Round:
    """Opens a planned round.

    Refuses: NOT_ALLOWED, WRONG_STATE.
    """
    demand(by, "round.open", Where(row.slug))
    return _step(row, "open", opens_at=row.opens_at or now)


def close_round(*, row: Round, by: Person, now: datetime) -> Round:
    """Closes a round to requests before its day; drafts are kept, what was submitted is reviewed.

    Refuses: NOT_ALLOWED, WRONG_STATE.
    """
    demand(by, "round.open", Where(row.slug))
    return _step(row, "close", requests_close_at=min(now, row.requests_close_at))


def close_intake(*, row: Round) -> Round:
    """Closes a rolling round at its cut-off; the apply stage calls it once the next one is open."""
    return _step(row, "close")


def follow_up(*, row: Round, now: datetime) -> Round:
    """Opens the round that takes what comes in after a cut-off, with the same rules and spans.

    Whoever opened the first answers for those that follow.
    """
    step, at = timedelta(days=call_of(row).every_days), row.requests_close_at
    shift = step
    while at + shift <= now:
        shift += step
    stem, number = _numbered(row.slug)
    slug = next(
        name
        for name in (f"{stem}-{n}" for n in count(number + 1))
        if not Round.objects.filter(slug=name).exists()
    )
    names = [field.name for field in fields(Dates)]
    moved = Round.objects.create(
        slug=slug,
        name=f"{policy_of(row).name}, until {at + shift:%d %b %Y}",
        kind=row.kind,
        state=Round.State.OPEN,
        parent=row,
        opens_at=now,
        opened_by=row.opened_by,
        **{name: getattr(row, name) + shift for name in names},
    )
    text = policy_text(row)
    PolicyVersion.objects.create(
        round=moved,
        version=1,
        toml=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        recorded_at=now,
    )
    return moved


def open_due_rounds(*, now: datetime) -> list[Round]:
    """Opens the planned rounds whose day has come; the conductor calls this."""
    due = Round.objects.filter(state=Round.State.PLANNED, opens_at__lte=now)
    return [_step(row, "open") for row in due]


def lock_round(row: Round) -> Round:
    """Locks a round until the transaction ends: filing, scoring and adopting queue up here."""
    return Round.objects.select_for_update().get(pk=row.pk)


def advance_round(*, row: Round, verb: str) -> None:
    """Moves a round on; the decide stage calls this when its slate is adopted or told.

    Refuses: WRONG_STATE.
    """
    row.state = _step(row, verb).state


def end_round(*, row: Round) -> Round:
    """Closes a round for good; the appeal stage calls this when nothing of it can change any more.

    Refuses: WRONG_STATE.
    """
    return _step(row, "end")


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


def _step(row: Round, verb: str, **changed: datetime) -> Round:
    with transaction.atomic():
        row = lock_round(row)
        after = LIFECYCLE.get((row.state, verb))
        if after is None:
            remedy = f"It is {row.get_state_display().lower()}; one cannot {verb} it."
            raise Refused([_refuse(Code.WRONG_STATE, row.name, remedy)])
        row.state = Round.State(after)
        for name, at in changed.items():
            setattr(row, name, at)
        row.save(update_fields=["state", *changed])
    return row


def _numbered(slug: str) -> tuple[str, int]:
    """Splits rolling-3 into its stem and number; a first round is number 1."""
    stem, _, number = slug.rpartition("-")
    return (stem, int(number)) if stem and number.isdecimal() else (slug, 1)


def _check_dates(slug: str, dates: Dates, opens_at: datetime | None) -> None:
    ordered = (dates.requests_close_at, dates.reviews_due_at, dates.decision_at)
    if opens_at is not None and opens_at >= dates.requests_close_at:
        raise Refused([_refuse(Code.OUT_OF_RANGE, slug, "It opens before requests close.")])
    if list(ordered) != sorted(ordered) or dates.credits_end_at <= dates.credits_start_at:
        remedy = (
            "Requests close, then reviews are due, then the decision; credits end after they start."
        )
        raise Refused([_refuse(Code.OUT_OF_RANGE, slug, remedy)])


def _refuse(code: Code, subject: str, remedy: str) -> Refusal:
    return Refusal(code=code, subject=subject, remedy=remedy)
