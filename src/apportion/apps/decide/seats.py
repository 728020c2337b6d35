"""Several people at one board: who is there, what they did, who has signed, what is held back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from apportion.apps.decide.models import Edit, HeldBack, Plan, Seat, Signature, Slate
from apportion.apps.people.queries import Person
from apportion.apps.rounds.queries import Round

THERE = timedelta(seconds=45)  # a board that is open says so every few seconds
SAID_AGAIN = timedelta(seconds=15)  # how often a seat is written at most
SHOWN = 200  # acts of one page


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act of the board, as pages and listings tell it."""

    number: int
    who: str
    verb: str
    about: str
    why: str
    at: datetime
    slate: int | None

    @property
    def told(self) -> str:
        """Says what was done in a few words."""
        return f"{VERBS.get(self.verb, self.verb)} {self.about}".strip()


VERBS = {
    "propose": "had the engine propose",
    "move": "moved",
    "unpin": "gave back:",
    "undo": "undid",
    "redo": "redid",
    "ask": "asked",
    "sign": "signed",
    "adopt": "adopted",
    "embargo": "holds it",
    "hold": "holds back",
    "release": "lets go",
    "publish": "published",
    "supersede": "decided again about",
}


def take_seat(*, row: Round, by: Person, now: datetime) -> None:
    """Says that somebody has the board open; written seldom, and never a reason to fail."""
    fresh = Seat.objects.filter(round=row, person=by, seen_at__gt=now - SAID_AGAIN)
    if not fresh.exists():
        Seat.objects.update_or_create(round=row, person=by, defaults={"seen_at": now})


def seated(row: Round, *, now: datetime) -> list[Person]:
    """Lists who has the board open now."""
    seats = Seat.objects.filter(round=row, seen_at__gt=now - THERE, seen_at__lte=now)
    return [seat.person for seat in seats.select_related("person").order_by("person__username")]


def acts_of(row: Round, *, since: int = 0, most: int = SHOWN) -> list[Act]:
    """Lists what was done on the board of a round, the latest first."""
    edits = Edit.objects.filter(round=row, number__gt=since).select_related("by")
    edits = edits.select_related("by", "after").defer("after__document")
    return [
        Act(
            number=one.number,
            who=str(one.by),
            verb=one.verb,
            about=one.about,
            why=one.why,
            at=one.at,
            slate=one.after.number if one.after else None,
        )
        for one in edits[:most]
    ]


def plan_number(row: Round) -> int | None:
    """Gives the number of the slate that the board works on."""
    numbers = Plan.objects.filter(round=row).values_list("slate__number", flat=True)
    return numbers.first()


def signatures_of(slate: Slate) -> list[Signature]:
    """Lists the names under a slate: given, asked for, and asked of others since."""
    return list(slate.signatures.select_related("person"))


def held_of(slate: Slate) -> dict[str, HeldBack]:
    """Finds what is held back of a slate and not yet told, by request."""
    rows = HeldBack.objects.filter(slate=slate, told_at__isnull=True)
    return {one.request.ref: one for one in rows.select_related("request", "by")}


def initials(people: Sequence[Person]) -> list[tuple[str, str]]:
    """Gives each person's initials and name, for the corner of the board."""
    return [
        ("".join(word[0] for word in str(person).split()[:2]).upper(), str(person))
        for person in people
    ]
