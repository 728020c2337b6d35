"""Keeping every step of an appeal, and sealing it in the journal."""

import json
from datetime import UTC, datetime

from apportion.apps.appeal.models import Appeal, Step
from apportion.apps.ledger.actions import seal
from apportion.apps.people.queries import Person
from apportion.core.appeal.life import State, Verb, take_step
from apportion.core.refusals import Refusal, Refused


def after(row: Appeal, verb: Verb) -> State:
    """Gives the state after a verb.

    Refuses: WRONG_STATE.
    """
    state = take_step(row.ref, State(row.state), verb)
    if isinstance(state, Refusal):
        raise Refused([state])
    return state


def keep_step(row: Appeal, verb: str, *, by: Person | None, now: datetime, note: str = "") -> None:
    """Keeps a step and seals it; names stay out of the journal, where nothing is erased."""
    number = row.steps.count() + 1
    Step.objects.create(
        appeal=row, number=number, verb=verb, after=row.state, at=now, by=by, note=note[:300]
    )
    facts = {
        "schema": "apportion.appeal-step/1",
        "ref": row.ref,
        "number": number,
        "verb": verb,
        "after": str(row.state),
        "at": now.astimezone(UTC).isoformat(),
    }
    record = json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()
    seal("appeal", f"{row.ref}/{number}", record)
