"""Reads of appeals: who may decide one, what stands in the reserve, what became of them."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet

from apportion.adapters.files.parse_appeals import parse_appeals
from apportion.apps.appeal.models import Appeal, Decider, Evidence, Step
from apportion.apps.apply.queries import works_on
from apportion.apps.decide.outcomes import decided_by
from apportion.apps.decide.queries import adopted_slate
from apportion.apps.people.queries import Person, find_person, may, people_as
from apportion.apps.review.conflicts import bars_between, conflicts_with
from apportion.apps.review.queries import opinions_of
from apportion.apps.rounds.queries import Round, policy_of, policy_text
from apportion.core.appeal.deciders import Candidate, candidates
from apportion.core.appeal.life import OPEN, OVERTURNED, Changed, State, Terms
from apportion.core.appeal.reserve import Reserve, reserves_of
from apportion.core.appeal.stats import AreaStats, stats_by_area
from apportion.core.refusals import Code, Refusal, Refused

COLUMNS = ("ref", "request", "area", "ground", "state", "filed_at", "answer_by", "over_at")


def terms_of(row: Round) -> Terms:
    """Reads how appeals of a round are decided."""
    return parse_appeals(policy_text(row).encode(), f"{row.slug}/round.toml")


def find_appeal(ref: str) -> Appeal:
    """Finds an appeal by its reference.

    Refuses: NOT_FOUND.
    """
    row = list_appeals().filter(ref=ref).first()
    if row is None:
        remedy = "List appeals with: apportion appeal list"
        raise Refused([Refusal(code=Code.NOT_FOUND, subject=f"appeal {ref!r}", remedy=remedy)])
    return row


def list_appeals(*, state: str = "") -> QuerySet[Appeal]:
    """Finds appeals, the newest first; `state` may be `open`."""
    rows = Appeal.objects.select_related(
        "request__project__area", "request__project__lead", "request__round", "slate", "filed_by"
    )
    if state == "open":
        return rows.filter(state__in=OPEN)
    return rows.filter(state=state) if state else rows


def document_first(row: Appeal) -> dict[str, Any]:
    """Reads the slate that is appealed."""
    document: dict[str, Any] = json.loads(row.slate.document)
    return document


def document_before(row: Appeal) -> dict[str, Any]:
    """Reads the slate that is in force, against which a ruling is made."""
    slate = adopted_slate(row.request.round) or row.slate
    document: dict[str, Any] = json.loads(slate.document)
    return document


def can_read(person: Person, row: Appeal) -> bool:
    """Says whether a person reads an appeal whole: its project, its deciders, board and auditors.

    Whoever may name a decider reads it too while a chair is empty.
    """
    if row.filed_by_id == person.pk or may(person, "appeal.read"):
        return True
    if row.state in OPEN and may(person, "appeal.name") and len(sitting(row)) < row.wanted:
        return True
    return works_on(person, row.request.project) or decider_of(row, person) is not None


def decider_of(row: Appeal, person: Person) -> Decider | None:
    """Finds a person's chair on an appeal, unless they stepped down."""
    return row.deciders.filter(person=person, recused_at__isnull=True).first()


def deciders_of(row: Appeal) -> list[Decider]:
    """Lists who decides an appeal, and who stepped down."""
    return list(row.deciders.select_related("person"))


def sitting(row: Appeal) -> list[Decider]:
    """Lists who decides an appeal now."""
    return [one for one in deciders_of(row) if one.recused_at is None]


def candidates_for(row: Appeal, *, now: datetime) -> tuple[Candidate, ...]:
    """Lists everybody of the board, with what bars each from deciding this appeal."""
    request, slate = row.request, row.slate
    took_part = {one.username: "decided first" for one in decided_by(slate)}
    took_part.setdefault(slate.proposed_by.username, "proposed the slate")
    for opinion in opinions_of(request):
        took_part.setdefault(opinion.reviewer.username, "reviewed the request")
    board = [person.username for person in people_as("board")]
    ties = conflicts_with(board, request, now=now)
    for name, words in bars_between(board, sorted(took_part), now=now).items():
        ties.setdefault(name, words)
    recused = {
        one.person.username: "stepped down"
        for one in deciders_of(row)
        if one.recused_at is not None
    }
    return candidates(board, took_part=took_part, ties=ties, recused=recused)


def reserves_for(row: Round) -> dict[str, Reserve]:
    """Counts what a round keeps for appeals and what they took. Units: base units."""
    taken: dict[str, int] = {}
    for extra in Appeal.objects.filter(request__round=row).values_list("extra", flat=True):
        for code, amount in extra.items():
            taken[code] = taken.get(code, 0) + int(amount)
    return reserves_of(policy_of(row), taken)


def changed_of(held: Mapping[str, Any]) -> Changed:
    """Reads facts back out of a row."""
    score = held.get("score")
    return Changed(
        minimum={str(k): int(v) for k, v in held.get("minimum", {}).items()},
        ask={str(k): int(v) for k, v in held.get("ask", {}).items()},
        score=Fraction(score) if score is not None else None,
        barred=tuple(held.get("barred", ())),
    )


def changed_row(changed: Changed) -> dict[str, Any]:
    """Writes facts for a row."""
    plain = asdict(changed)
    plain["score"] = str(changed.score) if changed.score is not None else None
    plain["barred"] = list(changed.barred)
    return plain


def steps_of(row: Appeal) -> list[Step]:
    """Lists what was done, by whom and when."""
    return list(row.steps.select_related("by"))


def files_of(row: Appeal) -> list[Evidence]:
    """Lists what is attached, without the bytes."""
    return list(row.files.defer("body"))


def find_file(row: Appeal, number: int) -> Evidence:
    """Finds an attached file, with its bytes.

    Refuses: NOT_FOUND.
    """
    kept = row.files.filter(pk=number).first()
    if kept is None:
        subject = f"{row.ref}, file {number}"
        remedy = f"It has {row.files.count()} files."
        raise Refused([Refusal(code=Code.NOT_FOUND, subject=subject, remedy=remedy)])
    return kept


def appeal_of(request_ref: str) -> Appeal | None:
    """Finds the appeal of a request that was not withdrawn."""
    return list_appeals().filter(request__ref=request_ref).exclude(state=State.WITHDRAWN).first()


def decided_for(person: Person) -> list[Appeal]:
    """Lists the open appeals that a person has still to decide."""
    rows = list_appeals(state="open").filter(
        deciders__person=person, deciders__recused_at__isnull=True, deciders__signed_at__isnull=True
    )
    return list(rows.distinct())


def short_of_deciders() -> list[Appeal]:
    """Lists the open appeals that have too few deciders."""
    return [row for row in list_appeals(state="open") if len(sitting(row)) < row.wanted]


def area_stats() -> tuple[AreaStats, ...]:
    """Counts appeals and overturns by area, with exact intervals."""
    rows = Appeal.objects.exclude(state__in=(*OPEN, State.WITHDRAWN)).order_by()
    pairs = rows.values_list("request__project__area__name", "state")
    return stats_by_area((area, state in OVERTURNED) for area, state in pairs)


def counts() -> tuple[int, int, int]:
    """Counts appeals for the public record: filed, upheld whole or in part, open."""
    states = list(Appeal.objects.exclude(state=State.WITHDRAWN).values_list("state", flat=True))
    upheld = sum(state in OVERTURNED for state in states)
    return len(states), upheld, sum(state in OPEN for state in states)


def people_named(names: tuple[str, ...]) -> list[Person]:
    """Finds people by sign-in name.

    Refuses: NOT_FOUND.
    """
    return [find_person(name) for name in names]
