"""Attaching files to a draft: counted, measured, looked at, and given back as harmless bytes."""

import hashlib
from datetime import datetime

from django.db import transaction

from apportion.adapters.attachments.parse import kind_of, safe_name
from apportion.apps.apply.drafts import demand_writer, note_step
from apportion.apps.apply.models import Attachment, Request
from apportion.apps.people.queries import Person
from apportion.apps.rounds.queries import call_of
from apportion.core.refusals import Code, Refusal, Refused

MEGABYTE = 1_000_000


def attach_file(*, row: Request, name: str, body: bytes, by: Person, now: datetime) -> Attachment:
    """Attaches a file to a draft; the same bytes again are the same attachment.

    Refuses: NOT_ALLOWED, WRONG_STATE, OUT_OF_RANGE for one that is too large, too many or of a kind
    that the call does not take.
    """
    demand_writer(row, by)
    rules = call_of(row.round).attachments
    _check(row, not body, "The file is empty; choose another.")
    too_large = len(body) > rules.most_bytes
    _check(
        row, too_large, f"A file may have {rules.most_bytes // MEGABYTE} MB; this one is larger."
    )
    kind = kind_of(body)
    kinds = ", ".join(rules.types)
    remedy = f"This round takes {kinds}; by its bytes this file is {kind or 'none of them'}."
    if kind is None or kind not in rules.types:
        raise Refused([_refuse(row, remedy)])
    digest = hashlib.sha256(body).hexdigest()
    with transaction.atomic():
        row = _lock_draft(row)
        standing = row.attachments.filter(sha256=digest).first()
        if standing is not None:
            return standing
        full = row.attachments.count() >= rules.most
        _check(row, full, f"At most {rules.most} files may be attached; take one away first.")
        kept = Attachment.objects.create(
            request=row,
            name=safe_name(name, kind),
            kind=kind,
            size=len(body),
            sha256=digest,
            body=body,
            added_by=by,
            added_at=now,
        )
        note_step(row, "attach", by=by, now=now, note=f"{kept.name}, sha256 {digest}")
    return kept


def detach_file(*, row: Request, number: int, by: Person, now: datetime) -> None:
    """Takes an attachment away from a draft.

    Refuses: NOT_ALLOWED, WRONG_STATE, NOT_FOUND.
    """
    demand_writer(row, by)
    with transaction.atomic():
        row = _lock_draft(row)
        kept = find_attachment(row, number)
        note_step(row, "detach", by=by, now=now, note=f"{kept.name}, sha256 {kept.sha256}")
        kept.delete()


def attachments_of(row: Request) -> list[Attachment]:
    """Lists what is attached, oldest first, without the bytes."""
    return list(row.attachments.select_related("added_by").defer("body"))


def find_attachment(row: Request, number: int) -> Attachment:
    """Finds an attachment of a request, with its bytes.

    Refuses: NOT_FOUND.
    """
    kept = row.attachments.filter(pk=number).first()
    if kept is None:
        remedy = f"It has {row.attachments.count()} attachments."
        subject = f"{row.ref}, attachment {number}"
        raise Refused([Refusal(code=Code.NOT_FOUND, subject=subject, remedy=remedy)])
    return kept


def _lock_draft(row: Request) -> Request:
    row = Request.objects.select_for_update().get(pk=row.pk)
    if row.state != Request.State.DRAFT:
        remedy = "Take it back first; files are attached to drafts alone."
        raise Refused([Refusal(code=Code.WRONG_STATE, subject=row.ref, remedy=remedy)])
    return row


def _check(row: Request, wrong: bool, remedy: str) -> None:  # noqa: FBT001  private, a condition in words
    if wrong:
        raise Refused([_refuse(row, remedy)])


def _refuse(row: Request, remedy: str) -> Refusal:
    return Refusal(code=Code.OUT_OF_RANGE, subject=row.ref, remedy=remedy)
