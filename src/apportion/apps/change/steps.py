"""Keeping every step of a change or a notice, and sealing it in the journal."""

import json
from datetime import UTC, datetime

from apportion.apps.change.models import Step
from apportion.apps.ledger.actions import seal
from apportion.apps.people.queries import Person


def keep_step(ref: str, verb: str, after: str, *, by: Person | None, now: datetime) -> None:
    """Keeps a step and seals it; who took it stays out of the journal, where nothing is erased."""
    number = Step.objects.filter(ref=ref).count() + 1
    Step.objects.create(ref=ref, number=number, verb=verb, after=after, at=now, by=by)
    facts = {
        "schema": "apportion.change-step/1",
        "ref": ref,
        "number": number,
        "verb": verb,
        "after": str(after),
        "at": now.astimezone(UTC).isoformat(),
    }
    record = json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()
    seal("change", f"{ref}/{number}", record)
