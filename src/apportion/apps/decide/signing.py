"""Signatures under a slate: as many different people as the policy says, none with a stake."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from apportion.apps.decide.keeping import demand_step, point_plan, refuse
from apportion.apps.decide.models import Plan, Signature, Slate
from apportion.apps.decide.queries import adopted_slate
from apportion.apps.people.queries import Person, Where, demand, may, people_as
from apportion.apps.review.conflicts import bars_from_deciding, write_ground
from apportion.apps.rounds.actions import lock_round
from apportion.apps.rounds.queries import Round, policy_of
from apportion.core.decide.life import Verb
from apportion.core.refusals import Code

LEFT = "no longer on the board"
STAKE = "may not decide since"
MOST_NAMED = 5  # ties told in one refusal
MOST_OF_WHY = 200


def ask_signers(
    *, slate: Slate, by: Person, now: datetime, people: Sequence[Person] = ()
) -> list[Signature]:
    """Asks as many board members as the policy says to sign; names them itself where nobody does.

    Refuses: NOT_ALLOWED, WRONG_STATE, STALE_PARENT, CONFLICT_OF_INTEREST for a named person with a
    stake, INCOMPLETE where there are too few who may sign.
    """
    demand(by, "slate.adopt", Where(slate.round.slug))
    with transaction.atomic():
        row = lock_round(slate.round)
        demand_unadopted(row, slate)
        for person in people:
            demand(person, "slate.adopt", Where(slate.round.slug))
            demand_no_stake(row, person, now=now)
        _release_leavers(slate, now=now)
        missing = signers_wanted(row) - _standing(slate).count()
        chosen = list(people) or _choose(row, slate, missing, first=by, now=now)
        if not people and len(chosen) < missing:
            remedy = f"{missing - len(chosen)} more board members without a stake are needed."
            raise refuse(Code.INCOMPLETE, str(slate), remedy, wanted=signers_wanted(row))
        for person in chosen:
            _ask(slate, person, asked_by=by, now=now)
        if chosen:
            names = ", ".join(str(person) for person in chosen)
            point_plan(row, None, "ask", about=f"{names} to sign {slate}", by=by, now=now)
        return list(slate.signatures.select_related("person"))


def sign_slate(*, slate: Slate, by: Person, now: datetime) -> Signature:
    """Signs a slate, once a person; signing again changes nothing.

    Refuses: NOT_ALLOWED, CONFLICT_OF_INTEREST, WRONG_STATE, STALE_PARENT.
    """
    demand(by, "slate.adopt", Where(slate.round.slug))
    with transaction.atomic():
        row = lock_round(slate.round)
        demand_unadopted(row, slate)
        demand_no_stake(row, by, now=now)
        demand_step(slate, Verb.SIGN)
        signature = put_name(slate, by, now=now)
        point_plan(row, None, "sign", about=str(slate), by=by, now=now)
    return signature


def put_name(slate: Slate, by: Person, *, now: datetime) -> Signature:
    """Puts a name under a slate, whether or not it was asked for; what is there already stays."""
    signature, _ = Signature.objects.get_or_create(
        slate=slate, person=by, defaults={"asked_at": now}
    )
    if signature.signed_at is None:
        signature.signed_at, signature.released_at, signature.released_why = now, None, ""
        signature.save(update_fields=["signed_at", "released_at", "released_why"])
    return signature


def replace_leavers(*, now: datetime) -> list[str]:
    """Asks somebody else where a board member who was asked has left or may sign no more.

    What they signed before stays signed. The conductor calls this; it says what was done.
    """
    told: list[str] = []
    open_ones = Signature.objects.filter(
        signed_at__isnull=True, released_at__isnull=True, slate__adopted_at__isnull=True
    )
    for slate in Slate.objects.filter(signatures__in=open_ones).distinct().order_by("id"):
        with transaction.atomic():
            row = lock_round(slate.round)
            if adopted_slate(row) is not None:
                continue
            gone = _release_leavers(slate, now=now)
            if not gone:
                continue
            missing = signers_wanted(row) - _standing(slate).count()
            chosen = _choose(row, slate, missing, first=None, now=now)
            for person in chosen:
                _ask(slate, person, asked_by=None, now=now)
            asked = ", ".join(str(person) for person in chosen) or "nobody is left to be asked"
            told.append(f"{slate}: {', '.join(gone)} cannot sign any more; asked: {asked}")
    return told


def signers_wanted(row: Round) -> int:
    """Counts the signatures that the policy asks for."""
    return policy_of(row).board.signers


def demand_signed(row: Round, slate: Slate) -> None:
    """Passes where enough different people have signed.

    Refuses: INCOMPLETE.
    """
    signed = slate.signatures.filter(signed_at__isnull=False).count()
    wanted = signers_wanted(row)
    if signed < wanted:
        remedy = f"Have it signed: apportion slate sign {row.slug} {slate.number} --as NAME"
        raise refuse(Code.INCOMPLETE, str(slate), remedy, signed=signed, wanted=wanted)


def demand_unadopted(row: Round, slate: Slate) -> None:
    """A slate can be signed or adopted while none is, and while the plan has not moved on from it.

    Refuses: ALREADY_DONE for the slate in force, STALE_PARENT where another one is in force or
    somebody moved something in this one since.
    """
    in_force = adopted_slate(row)
    if in_force is not None:
        if in_force.pk == slate.pk:
            raise refuse(Code.ALREADY_DONE, row.name, "This slate is in force.")
        remedy = f"Slate {in_force.number} is in force, and this one was not made from it."
        raise refuse(Code.STALE_PARENT, row.name, remedy)
    plan = Plan.objects.select_related("slate").filter(round=row).first()
    if plan is not None and slate.pk in _ancestors(plan.slate):
        remedy = (
            f"The board moved on to slate {plan.slate.number}, made from this one: "
            "look at it, or undo what was moved."
        )
        raise refuse(Code.STALE_PARENT, row.name, remedy)


def demand_no_stake(row: Round, by: Person, *, now: datetime) -> None:
    """Passes where a person has no stake in a request of a round and no tie to who is behind one.

    Refuses: CONFLICT_OF_INTEREST, naming the requests and each tie.
    """
    ties = bars_from_deciding([by.username], row, now=now).get(by.username, ())
    if ties:
        by_request = {tie.request: write_ground(tie) for tie in reversed(ties)}  # the gravest stays
        named = [f"{ref} ({why})" for ref, why in sorted(by_request.items())]
        rest = f" and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
        remedy = (
            f"{by} may not decide about {', '.join(named[:MOST_NAMED])}{rest}; "
            "somebody else has to sign and adopt."
        )
        raise refuse(Code.CONFLICT_OF_INTEREST, row.name, remedy, requests=len(named))


def _ancestors(slate: Slate) -> set[int]:
    """Finds the slates that a slate was moved from, step by step."""
    made = dict(Slate.objects.filter(round=slate.round_id).values_list("pk", "made_from_id"))
    found: set[int] = set()
    at = made[slate.pk]
    while at is not None and at not in found:
        found.add(at)
        at = made[at]
    return found


def _standing(slate: Slate) -> QuerySet[Signature]:
    return slate.signatures.filter(released_at__isnull=True)


def _release_leavers(slate: Slate, *, now: datetime) -> list[str]:
    """Lets go of open requests to sign of those who cannot any more; says who they are."""
    gone = []
    asked = list(_standing(slate).filter(signed_at__isnull=True).select_related("person"))
    barred = bars_from_deciding([one.person.username for one in asked], slate.round, now=now)
    for one in asked:
        why = LEFT if not may(one.person, "slate.adopt") else ""
        if not why and (ties := barred.get(one.person.username)):
            why = f"{STAKE}: {ties[0].request}, {write_ground(ties[0])}"[:MOST_OF_WHY]
        if why:
            one.released_at, one.released_why = now, why
            one.save(update_fields=["released_at", "released_why"])
            gone.append(f"{one.person} ({why})")
    return gone


def _choose(
    row: Round, slate: Slate, missing: int, *, first: Person | None, now: datetime
) -> list[Person]:
    """Chooses who may sign and was not asked: whoever asks, then those with least to sign."""
    known = set(slate.signatures.values_list("person_id", flat=True))
    waiting = dict(
        Signature.objects.filter(signed_at__isnull=True, released_at__isnull=True)
        .order_by()
        .values_list("person_id")
        .annotate(Count("id"))
    )
    members = [person for person in people_as("board") if person.pk not in known]
    barred = bars_from_deciding([person.username for person in members], row, now=now)
    board: Iterable[Person] = sorted(
        (person for person in members if person.username not in barred),
        key=lambda p: (first is None or p.pk != first.pk, waiting.get(p.pk, 0), p.username),
    )
    chosen: list[Person] = []
    for person in board:
        if len(chosen) >= missing:
            break
        if may(person, "slate.adopt"):
            chosen.append(person)
    return chosen


def _ask(slate: Slate, person: Person, *, asked_by: Person | None, now: datetime) -> None:
    row, fresh = Signature.objects.get_or_create(
        slate=slate, person=person, defaults={"asked_by": asked_by, "asked_at": now}
    )
    if not fresh and row.released_at is not None:  # asked again after a release
        row.released_at, row.released_why, row.asked_by, row.asked_at = None, "", asked_by, now
        row.save(update_fields=["released_at", "released_why", "asked_by", "asked_at"])


def count_to_sign(person: Person) -> int:
    """Counts the slates that wait for a person's name."""
    return Signature.objects.filter(
        Q(person=person, signed_at__isnull=True, released_at__isnull=True),
        slate__adopted_at__isnull=True,
    ).count()
