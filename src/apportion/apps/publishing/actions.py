"""What an author does with a consent: gives it, or takes it back; each word is sealed."""

import json
from datetime import UTC, datetime

from django.db import transaction

from apportion.apps.apply.queries import find_request, where_asked
from apportion.apps.decide.history import decided_awards
from apportion.apps.ledger.actions import lock_tip, seal
from apportion.apps.people.queries import Person, demand
from apportion.apps.publishing.models import Telling
from apportion.core.refusals import Code, Refusal, Refused


def say_consent(*, ref: str, gives: bool, by: Person, now: datetime) -> Telling:
    """Keeps what the author of a decided request says; the same word again is found.

    Refuses: NOT_ALLOWED to others than the author, NOT_FOUND, WRONG_STATE before the decision.
    """
    with transaction.atomic():
        lock_tip()
        row = find_request(ref)
        demand(by, "request.file", where_asked(row))
        if row.author_id != by.pk:
            raise _refused(Code.NOT_ALLOWED, ref, "Only who wrote it may say so.")
        if not any(one.request == ref for one in decided_awards()):
            raise _refused(Code.WRONG_STATE, ref, "Wait until it is decided.")
        last = Telling.objects.filter(request=row).order_by("id").last()
        if last is not None and last.gives == gives:
            return last
        said = Telling.objects.create(request=row, person=by, gives=gives, said_at=now)
        facts = {
            "schema": "apportion.publishing/1",
            "request": ref,
            "gives": gives,
            "at": now.astimezone(UTC).isoformat(),
        }
        text = json.dumps(facts, sort_keys=True, separators=(",", ":"))
        seal("publishing", f"{ref}/{said.pk}", text.encode())
    return said


def _refused(code: Code, ref: str, remedy: str) -> Refused:
    return Refused([Refusal(code=code, subject=f"request {ref}", remedy=remedy)])
