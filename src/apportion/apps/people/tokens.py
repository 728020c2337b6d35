"""Personal access tokens: keys with which a program acts for a person, within scopes, until a day.

A token reads `apn_PREFIX_SECRET`. The prefix finds the row; of the secret the SHA-256 alone is
kept. A slow hash would add nothing: the secret has 256 random bits and cannot be guessed.
"""

import hashlib
import hmac
import re
from base64 import b32encode
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from apportion.apps.people.acts import note_act
from apportion.apps.people.models import Person, Token
from apportion.apps.people.queries import PERMITS, demand, may
from apportion.apps.people.written import WrittenQuery
from apportion.core.refusals import Code, Refusal, Refused

SHAPE = re.compile(r"apn_([a-z2-7]{8})_([a-z2-7]{52})")
SECRET_BYTES, PREFIX_BYTES = 32, 5
USED_EVERY = timedelta(minutes=1)  # how exact "last used" is; a write each call would cost more
MOST_LIVE = 50  # tokens of one person that work at once
ALL = "all"
AREAS = (ALL, *sorted({verb.partition(".")[0] for verb in PERMITS}))
SCOPES = tuple(f"{area}:{kind}" for area in AREAS for kind in ("read", "write"))
BY_PREFIX = WrittenQuery(lambda: Token.objects.select_related("person"), column="prefix")


def authenticate_token(raw: str, *, now: datetime) -> tuple[Person, frozenset[str]] | None:
    """Gives the person and the scopes of a token that works now; None for every other text.

    Which of the reasons it was is not told: a stranger learns nothing from it.
    """
    shape = SHAPE.fullmatch(raw)
    if shape is None:
        return None
    token = BY_PREFIX.find(shape[1])
    kept = token.digest if token else "0" * 64
    if not hmac.compare_digest(kept, _digest(shape[2])) or token is None:
        return None
    if token.revoked_at is not None or token.expires_at <= now or not token.person.is_active:
        return None
    if token.last_used_at is None or token.last_used_at <= now - USED_EVERY:
        Token.objects.filter(pk=token.pk).update(last_used_at=now)
    return token.person, frozenset(token.scopes.split())


def scopes_permit(scopes: Iterable[str], verb: str, *, writes: bool) -> bool:
    """Says whether scopes reach a verb: `request:read`, `request:write`, `all:read`, `all:write`.

    Who may write in an area may read there. The person's roles must permit the verb as well.
    """
    area = verb.partition(".")[0]
    kinds = ("write",) if writes else ("read", "write")
    return not {f"{one}:{kind}" for one in (area, ALL) for kind in kinds}.isdisjoint(scopes)


def token_shown(header: str) -> Token | None:
    """Finds the token that an Authorization header names, whether it works or not."""
    shape = SHAPE.fullmatch(header.removeprefix("Bearer ").strip())
    return BY_PREFIX.find(shape[1]) if shape else None


def create_token(
    *,
    by: Person,
    name: str,
    scopes: Iterable[str],
    days: int,
    within: Token | None = None,
    now: datetime,
) -> tuple[Token, str]:
    """Makes a token of one's own. The text beside it is told this once and cannot be read again.

    Made with a token, `within`, it reaches no further than that one and ends no later.

    Refuses: NOT_ALLOWED, INCOMPLETE, NOT_FOUND for a scope that there is not, OUT_OF_RANGE.
    """
    demand(by, "token.own")
    wanted = frozenset(scopes)
    refusals = list(_faults(name.strip(), wanted, days))
    ends_at = now + timedelta(days=min(days, settings.APPORTION_TOKEN_DAYS))
    if within is not None:
        refusals += _beyond(wanted, frozenset(within.scopes.split()))
        ends_at = min(ends_at, within.expires_at)
    if refusals:
        raise Refused(refusals)
    prefix = b32encode(settings.APPORTION_SALT(PREFIX_BYTES)).decode().lower()
    secret = b32encode(settings.APPORTION_SALT(SECRET_BYTES)).decode().lower().rstrip("=")
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=by.pk)  # two calls at once count one another
        if by.tokens.filter(revoked_at=None, expires_at__gt=now).count() >= MOST_LIVE:
            remedy = "Revoke one that you no longer use."
            raise Refused([_refuse(Code.OUT_OF_RANGE, str(by), remedy, at_most=MOST_LIVE)])
        token = Token.objects.create(
            person=by,
            name=name.strip()[:80],
            prefix=prefix,
            digest=_digest(secret),
            scopes=" ".join(sorted(wanted)),
            created_at=now,
            expires_at=ends_at,
        )
        note_act(by=by, about=by, verb="token.create", words=f"{token}: {token.scopes}", now=now)
    return token, f"apn_{prefix}_{secret}"


def list_tokens(person: Person) -> list[Token]:
    """Lists a person's tokens, the newest first, those that no longer work too."""
    return list(person.tokens.order_by("-created_at", "-id"))


def revoke_token(*, prefix: str, by: Person, now: datetime) -> Token:
    """Ends a token at once; one that has ended stays as it is.

    Refuses: NOT_FOUND, also for another's token where one does not look after accounts.
    """
    with transaction.atomic():
        token = Token.objects.select_for_update().filter(prefix=prefix).first()
        if token is None or (token.person_id != by.pk and not may(by, "people.manage")):
            remedy = "List yours with: apportion token list --as YOU"
            raise Refused([_refuse(Code.NOT_FOUND, f"token {prefix!r}", remedy)])
        if token.revoked_at is None:
            token.revoked_at = now
            token.save(update_fields=["revoked_at"])
            note_act(by=by, about=token.person, verb="token.revoke", words=str(token), now=now)
    return token


def _faults(name: str, scopes: frozenset[str], days: int) -> Iterable[Refusal]:
    if not name:
        yield _refuse(
            Code.INCOMPLETE, "token", "Say what it is for, so that you can tell it later."
        )
    if not scopes:
        yield _refuse(Code.INCOMPLETE, "scopes", f"Name at least one of: {', '.join(SCOPES)}.")
    for one in sorted(scopes - set(SCOPES)):
        yield _refuse(Code.NOT_FOUND, f"scope {one!r}", f"There are: {', '.join(SCOPES)}.")
    longest = settings.APPORTION_TOKEN_DAYS
    if not 1 <= days <= longest:
        remedy = f"A token lives 1 to {longest} days; make a new one when it ends."
        yield _refuse(Code.OUT_OF_RANGE, "days", remedy, days=days)


def _beyond(wanted: frozenset[str], held: frozenset[str]) -> Iterable[Refusal]:
    for scope in sorted(wanted):
        area, _, kind = scope.partition(":")
        if not scopes_permit(held, f"{area}.", writes=kind != "read"):
            remedy = "Make it on the page of your tokens, or with one that reaches as far."
            yield _refuse(Code.NOT_ALLOWED, f"scope {scope!r}", remedy)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _refuse(code: Code, subject: str, remedy: str, **numbers: int | str) -> Refusal:
    return Refusal(code=code, subject=subject, remedy=remedy, numbers=numbers)
