"""Putting away what was read."""

from datetime import datetime

from apportion.apps.inbox.models import PutAway
from apportion.apps.inbox.queries import inbox_of
from apportion.apps.people.queries import Person, demand
from apportion.core.refusals import Code, Refusal, Refused


def put_away(*, key: str, by: Person, now: datetime) -> None:
    """Takes one thing out of a person's inbox; doing it twice does it once.

    Refuses: NOT_ALLOWED, WRONG_STATE where something has still to be done, NOT_FOUND.
    """
    demand(by, "inbox.see")
    if PutAway.objects.filter(person=by, key=key).exists():
        return
    found = next((one for one in inbox_of(by, now=now) if one.key == key), None)
    if found is None or not found.can_put_away:
        code = Code.NOT_FOUND if found is None else Code.WRONG_STATE
        remedy = "Open your inbox again." if found is None else f"{found.act}; then it is gone."
        raise Refused([Refusal(code=code, subject=key[:80], remedy=remedy)])
    PutAway.objects.get_or_create(person=by, key=key, defaults={"put_away_at": now})
