"""Keeping what is typed: every save is a version, and no save overwrites words of another."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from apportion.apps.apply.models import CoAuthor, Request, RequestAmount, RequestStep, Version
from apportion.apps.apply.queries import where_asked
from apportion.apps.people.queries import Person, demand, find_person
from apportion.apps.rounds.queries import resource_units, resources_by_code
from apportion.core.apply.content import (
    ASK,
    MINIMUM,
    MOST_OF_TITLE,
    read_amounts,
    split_names,
    tidy,
    too_long,
)
from apportion.core.apply.versions import Change, Clash, changes, merge
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.units import format_quantity

MOST_VERSIONS_LISTED = 200
MOST_WORDS_OF_ASKING = 280


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What a save came to. `merged`: somebody else had saved since; `clashes` are told to whoever saved."""

    row: Request
    content: dict[str, str]
    merged: bool
    clashes: tuple[Clash, ...]


def keep_words(
    *,
    row: Request,
    content: Mapping[str, str],
    base: int | None,
    by: Person,
    now: datetime,
) -> Saved:
    """Keeps what somebody typed, who last saw version `base`; None overwrites what stands.

    What others saved since is kept beside it, field by field. Where both wrote the same field
    differently, theirs stands and what was typed here is kept whole as a version set aside.

    Refuses: NOT_ALLOWED, WRONG_STATE, OUT_OF_RANGE for words that are too many.
    """
    demand_writer(row, by)
    typed = tidy(content)
    if refusals := too_long(typed, row.ref):
        raise Refused(refusals)
    with transaction.atomic():
        row = Request.objects.select_for_update().select_related("round", "project").get(pk=row.pk)
        if row.state != Request.State.DRAFT:
            raise Refused([_refuse(Code.WRONG_STATE, row.ref, "Only a draft can be changed.")])
        standing = content_of(row)
        stale = base is not None and base != row.version
        known = _content_at(row, base) if stale else standing
        merged = merge(base=known, theirs=standing, mine=typed)
        if merged.clashes:
            _write_version(row, {**standing, **typed}, by=by, now=now, set_aside=True)
        if merged.content != standing or not row.version:
            row.version = _write_version(row, merged.content, by=by, now=now)
            row.saved_at = now
            spread_out(row, merged.content)
    return Saved(row=row, content=merged.content, merged=stale, clashes=merged.clashes)


def ask_to_read(*, row: Request, person: Person, words: str, by: Person, now: datetime) -> CoAuthor:
    """Asks a colleague to read a draft: it waits for them, and they write it too from now on.

    Asking again asks anew. Whoever has written it stands behind it, and cannot review it.

    Refuses: NOT_ALLOWED, also where the colleague may file no request; WRONG_STATE, OUT_OF_RANGE.
    """
    demand_writer(row, by)
    demand(person, "request.file", where_asked(row))
    if person.pk in (by.pk, row.author_id):
        raise Refused(
            [_refuse(Code.OUT_OF_RANGE, str(person), "Ask somebody who did not write it.")]
        )
    if len(words) > MOST_WORDS_OF_ASKING:
        remedy = f"Write at most {MOST_WORDS_OF_ASKING} characters."
        raise Refused([_refuse(Code.OUT_OF_RANGE, row.ref, remedy)])
    with transaction.atomic():
        row = Request.objects.select_for_update().select_related("round", "project").get(pk=row.pk)
        content = content_of(row)
        names = dict.fromkeys([*split_names(content.get("co_authors", "")), person.username])
        content["co_authors"] = "; ".join(names)
        keep_words(row=row, content=content, base=row.version or None, by=by, now=now)
        asked = CoAuthor.objects.get(request=row, person=person)
        asked.asked_by, asked.asked_at, asked.words = by, now, words.strip()
        asked.save(update_fields=["asked_by", "asked_at", "words"])
        note_step(row, "ask", by=by, now=now, note=f"{person}: {words.strip()}".rstrip(": "))
    return asked


def content_of(row: Request) -> dict[str, str]:
    """Gives what a request says now, field by field, as it was typed."""
    return _content_at(row, row.version) if row.version else from_columns(row)


def versions_of(row: Request) -> list[Version]:
    """Lists the versions of a request, the latest first, without what they say."""
    rows = Version.objects.filter(request=row).select_related("saved_by").defer("content")
    return list(rows.order_by("-number")[:MOST_VERSIONS_LISTED])


def compare_versions(row: Request, before: int, after: int) -> tuple[Change, ...]:
    """Lists the fields in which two versions of a request differ; version 0 says nothing yet.

    Refuses: NOT_FOUND.
    """
    return changes(_found(row, before), _found(row, after))


def last_steps(row: Request) -> list[RequestStep]:
    """Lists who did what to a request, oldest first."""
    return list(RequestStep.objects.filter(request=row).select_related("by"))


def note_step(row: Request, verb: str, *, by: Person, now: datetime, note: str = "") -> None:
    """Writes down who did what; call it in the transaction that does it."""
    RequestStep.objects.create(request=row, verb=verb, by=by, at=now, note=note[:300])


def writes(person: Person, row: Request) -> bool:
    """Says whether a person may write a request: its author, a co-author, or who works on its project."""
    return (
        person.pk in {row.author_id, row.project.lead_id}
        or row.co_authors.filter(person=person).exists()
        or row.project.members.filter(person=person).exists()
    )


def demand_writer(row: Request, by: Person) -> None:
    """Passes who may write a request.

    Refuses: NOT_ALLOWED.
    """
    demand(by, "request.file", where_asked(row))
    if not writes(by, row):
        remedy = "Only its authors or its project may do this."
        raise Refused([_refuse(Code.NOT_ALLOWED, row.ref, remedy)])


def from_columns(row: Request) -> dict[str, str]:
    """Writes a request that was never typed, but filed whole, as if it had been typed."""
    content = {
        "title": row.title,
        "question": row.question,
        "if_minimum": row.if_minimum,
        "either_or": row.either_or,
        "groups": row.groups,
    }
    if row.pk:
        content["requires"] = "; ".join(row.requires.order_by("ref").values_list("ref", flat=True))
        people = row.co_authors.order_by("person__username")
        content["co_authors"] = "; ".join(people.values_list("person__username", flat=True))
        units = resource_units()
        for amount in row.amounts.select_related("resource"):
            code = amount.resource.code
            content[f"{MINIMUM}{code}"] = format_quantity(amount.minimum, units[code])
            content[f"{ASK}{code}"] = format_quantity(amount.ask, units[code])
    return {name: text for name, text in content.items() if text}


def spread_out(row: Request, content: Mapping[str, str]) -> None:
    """Writes into the columns what makes sense of the words; the rest stays in the version alone."""
    row.title = content.get("title", "").strip()[:MOST_OF_TITLE]
    row.question = content.get("question", "").strip()
    row.if_minimum = content.get("if_minimum", "").strip()
    row.either_or = content.get("either_or", "").strip()[:60]
    row.groups = ";".join(split_names(content.get("groups", "")))[:200]
    row.save()
    _write_amounts(row, content)
    wanted = split_names(content.get("requires", ""))
    links = Request.objects.filter(round_id=row.round_id, ref__in=wanted).exclude(pk=row.pk)
    row.requires.set(links)
    people = [
        person for name in split_names(content.get("co_authors", "")) for person in _known(name)
    ]
    row.co_authors.exclude(person__in=people).delete()
    for person in people:
        CoAuthor.objects.get_or_create(request=row, person=person)


def _write_amounts(row: Request, content: Mapping[str, str]) -> None:
    written = read_amounts(content, resource_units(), row.ref).amounts
    sound = {code: pair for code, pair in written.items() if 0 < pair[0] <= pair[1]}
    standing = {
        code: (minimum, ask)
        for code, minimum, ask in row.amounts.values_list("resource__code", "minimum", "ask")
    }
    if sound == standing:
        return
    row.amounts.all().delete()
    resources = resources_by_code()
    RequestAmount.objects.bulk_create(
        RequestAmount(request=row, resource=resources[code], minimum=minimum, ask=ask)
        for code, (minimum, ask) in sound.items()
    )


def _known(username: str) -> list[Person]:
    try:
        return [find_person(username)]
    except Refused:
        return []  # the checks beside the form tell of it


def _content_at(row: Request, number: int | None) -> dict[str, str]:
    """Gives a version's words; of a version that is not there, nothing was seen."""
    found = Version.objects.filter(request=row, number=number or 0).values_list(
        "content", flat=True
    )
    return dict(found.first() or {})


def _found(row: Request, number: int) -> dict[str, str]:
    if number and not row.versions.filter(number=number).exists():
        remedy = f"Its versions go from 1 to {row.versions.aggregate(m=Max('number'))['m'] or 0}."
        raise Refused([_refuse(Code.NOT_FOUND, f"{row.ref}, version {number}", remedy)])
    return _content_at(row, number) if number else {}


def _write_version(
    row: Request, content: dict[str, str], *, by: Person, now: datetime, set_aside: bool = False
) -> int:
    last = row.versions.aggregate(last=Max("number"))["last"] or 0
    Version.objects.create(
        request=row,
        number=last + 1,
        content=content,
        saved_at=now,
        saved_by=by,
        set_aside=set_aside,
    )
    return last + 1


def _refuse(code: Code, subject: str, remedy: str) -> Refusal:
    return Refusal(code=code, subject=subject, remedy=remedy)
