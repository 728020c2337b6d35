"""Acting for somebody else: roles lent with an end date, and a trail that names both."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from apportion.apps.people.acts import note_act
from apportion.apps.people.models import Delegation, Person
from apportion.apps.people.queries import demand, may
from apportion.core.refusals import Code, Refusal, Refused

SESSION_KEY = "acts_for"
LONGEST = timedelta(days=92)
Answer = Callable[[HttpRequest], HttpResponse]


class StandInMiddleware:
    """Lets a person act for another in this session for as long as the delegation holds."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Asks the database only where somebody acts for another."""
        number = request.session.get(SESSION_KEY) if hasattr(request, "session") else None
        person = request.user if isinstance(number, int) else None
        if isinstance(number, int) and isinstance(person, Person):
            row = live_delegation(number, taker=person, now=request.now)  # type: ignore[attr-defined]  # of the clock
            if row is None:
                del request.session[SESSION_KEY]
            else:
                person._acts_for = row.giver  # type: ignore[attr-defined]  # noqa: SLF001  read by acts_for()
        return self.get_response(request)


def lend_roles(
    *, giver: Person, taker: Person, why: str, starts_at: datetime, ends_at: datetime, now: datetime
) -> Delegation:
    """Lets another act with one's roles until an instant; what is lent cannot be lent on.

    Refuses: NOT_ALLOWED, INCOMPLETE without a reason, OUT_OF_RANGE.
    """
    demand(giver, "role.lend")
    refusals = list(_faults(giver, taker, why.strip(), (starts_at, ends_at), now))
    if refusals:
        raise Refused(refusals)
    with transaction.atomic():
        row = Delegation.objects.create(
            giver=giver, taker=taker, why=why.strip()[:200], starts_at=starts_at, ends_at=ends_at
        )
        words = f"{taker} until {ends_at:%Y-%m-%d %H:%M}: {row.why}"
        note_act(by=giver, about=taker, verb="role.lend", words=words, now=now)
    return row


def take_back(*, number: int, by: Person, now: datetime) -> Delegation:
    """Ends a delegation at once; the giver may, the taker may, and whoever looks after accounts.

    Refuses: NOT_FOUND.
    """
    with transaction.atomic():
        row = Delegation.objects.select_for_update().filter(pk=number).first()
        if row is None or (
            by.pk not in (row.giver_id, row.taker_id) and not may(by, "people.manage")
        ):
            remedy = "List yours with: apportion delegation list --as YOU"
            raise Refused([_refuse(Code.NOT_FOUND, f"delegation {number}", remedy)])
        if row.revoked_at is None:
            row.revoked_at = now
            row.save(update_fields=["revoked_at"])
            note_act(by=by, about=row.taker, verb="role.take-back", words=str(row), now=now)
    return row


def live_delegation(number: int, *, taker: Person, now: datetime) -> Delegation | None:
    """Finds a delegation that holds now; None where it is over, revoked, or the giver has left."""
    rows = Delegation.objects.select_related("giver").filter(
        pk=number, taker=taker, revoked_at=None, starts_at__lte=now, ends_at__gt=now
    )
    return rows.filter(giver__is_active=True).first()


def list_delegations(person: Person) -> list[Delegation]:
    """Lists what a person lent and was lent, the latest first."""
    rows = Delegation.objects.filter(Q(giver=person) | Q(taker=person))
    return list(rows.select_related("giver", "taker"))


def _faults(
    giver: Person, taker: Person, why: str, window: tuple[datetime, datetime], now: datetime
) -> list[Refusal]:
    starts_at, ends_at = window
    checks = (
        (not why, Code.INCOMPLETE, "why", "Say why: a journey, a parental leave."),
        (giver == taker, Code.OUT_OF_RANGE, str(taker), "Name somebody else."),
        (not taker.is_active, Code.OUT_OF_RANGE, str(taker), "They have left; name another."),
        (ends_at <= starts_at, Code.OUT_OF_RANGE, "end", "It ends after it starts."),
        (ends_at <= now, Code.OUT_OF_RANGE, "end", "It ends in the future."),
        (
            ends_at - starts_at > LONGEST,
            Code.OUT_OF_RANGE,
            "end",
            f"At most {LONGEST.days} days; lend again when it is over.",
        ),
    )
    return [_refuse(code, subject, remedy) for wrong, code, subject, remedy in checks if wrong]


def _refuse(code: Code, subject: str, remedy: str) -> Refusal:
    return Refusal(code=code, subject=subject, remedy=remedy)
