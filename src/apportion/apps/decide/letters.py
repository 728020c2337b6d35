"""Letters to applicants: the site's templates, what each would say, and what was written and kept."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, prefetch_related_objects

from apportion.apps.decide.models import Decision, Letter, LetterTemplate, Slate
from apportion.apps.decide.wording import write_board, write_reasons, write_ways
from apportion.apps.people.queries import Person, demand
from apportion.apps.rounds.queries import Round
from apportion.apps.rounds.wording import listed, unit_label, write_amount
from apportion.core.faults import BadInput
from apportion.core.letters import FIRST, LetterKind, Template, Written, check_template, fill_in

LETTER_OF = {
    Decision.Outcome.FULL: LetterKind.AWARD,
    Decision.Outcome.PARTIAL: LetterKind.CUT,
    Decision.Outcome.MINIMUM: LetterKind.CUT,
    Decision.Outcome.NOT_YET: LetterKind.NOT_YET,
}
NO_WAY = "Nothing within the round would; another round may."


def templates_in_use() -> dict[LetterKind, Template]:
    """Reads the newest template of each kind; the office's own where the site has none."""
    found = dict(FIRST)
    for row in LetterTemplate.objects.order_by("version"):
        kind = LetterKind(row.kind)
        found[kind] = Template(kind=kind, subject=row.subject, body=row.body)
    return found


def save_template(*, template: Template, by: Person, now: datetime) -> LetterTemplate:
    """Keeps a new version of a template; letters that were written stay as they are.

    Refuses: NOT_ALLOWED.
    Raises: BadInput with everything that is wrong with it.
    """
    demand(by, "letter.edit")
    faults = check_template(template)
    if faults:
        raise BadInput(faults)
    with transaction.atomic():
        known = LetterTemplate.objects.select_for_update().filter(kind=template.kind.value)
        last = known.aggregate(last=Max("version"))["last"] or 0
        return LetterTemplate.objects.create(
            kind=template.kind.value,
            version=last + 1,
            subject=template.subject,
            body=template.body,
            by=by,
            at=now,
        )


def write_letters(
    row: Round,
    slate: Slate,
    decisions: Sequence[Decision],
    document: Mapping[str, Any],
    *,
    now: datetime,
) -> None:
    """Writes a letter to everybody behind each request; they wait in the outbox to be delivered."""
    templates, whys = templates_in_use(), _whys(document)
    awards = {award["request"]: award for award in document["awards"]}
    requests = [decision.request for decision in decisions]
    prefetch_related_objects(
        requests, "author", "project__lead", "co_authors__person", "amounts__resource"
    )
    letters = []
    for decision in decisions:
        request, kind = decision.request, LETTER_OF[Decision.Outcome(decision.outcome)]
        award = awards[request.ref]
        for person in people_behind(request):
            facts = facts_of(row, request, award, person, board=whys.get(request.ref, ""))
            written = fill_in(templates[kind], facts)
            letters.append(_letter(decision, slate, person, kind, written, now=now))
    Letter.objects.bulk_create(letters)


def preview_letter(
    row: Round, request: Any, award: Mapping[str, Any], document: Mapping[str, Any]
) -> Written:
    """Shows what a letter would say if the slate were published now."""
    kind = LETTER_OF[Decision.Outcome(award["outcome"])]
    board = _whys(document).get(request.ref, "")
    facts = facts_of(row, request, award, request.author, board=board)
    return fill_in(templates_in_use()[kind], facts)


def people_behind(request: Any) -> list[Person]:
    """Lists who is written to: the author, the project's lead and the co-authors, once each."""
    together = [one.person for one in request.co_authors.all()]
    return list({p.pk: p for p in (request.author, request.project.lead, *together)}.values())


def facts_of(
    row: Round, request: Any, award: Mapping[str, Any], person: Person, *, board: str = ""
) -> dict[str, str]:
    """Gives every placeholder its words."""
    amounts = list(request.amounts.all())

    def told(name: str) -> str:
        return listed(
            [
                f"{write_amount(_amount(one, award, name), one.resource.unit)} "
                f"{unit_label(one.resource.code, one.resource.unit)}"
                for one in amounts
            ]
        )

    return {
        "name": str(person),
        "request": request.ref,
        "title": request.title,
        "project": request.project.title,
        "round": row.name,
        "asked": told("ask"),
        "minimum": told("minimum"),
        "granted": told("granted"),
        "reasons": _lines(write_reasons(award["reasons"])),
        "ways": _lines(write_ways(award["counterfactuals"])) or f"- {NO_WAY}",
        "board": f"The board says: {board}" if board else "",
        "starts": _day(row.credits_start_at),
        "ends": _day(row.credits_end_at),
        "appeal_until": _day(row.appeals_until_at),
        "lab": settings.APPORTION_LAB_NAME,
    }


def _whys(document: Mapping[str, Any]) -> dict[str, str]:
    """What the board wrote of single requests as it moved them."""
    return write_board(document.get("overrides", ()))


def _amount(one: Any, award: Mapping[str, Any], name: str) -> int:
    if name == "granted":
        return int(award["amounts"].get(one.resource.code, 0))
    return int(getattr(one, name))


def _lines(sentences: Sequence[str]) -> str:
    return "\n".join(f"- {sentence}" for sentence in sentences)


def _day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"


def _letter(
    decision: Decision,
    slate: Slate,
    person: Person,
    kind: LetterKind,
    written: Written,
    *,
    now: datetime,
) -> Letter:
    text = f"{written.subject}\n\n{written.body}"
    return Letter(
        decision=decision,
        slate=slate,
        person=person,
        kind=kind.value,
        subject=written.subject[:300],
        body=written.body,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        written_at=now,
    )
