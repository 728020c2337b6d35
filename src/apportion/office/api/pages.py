"""Pages of rows, continued by a cursor that only the office can write."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest

from apportion.apps.door.calls import Call, Found
from apportion.office.api.problems import Problem

SIZE, LARGEST = 50, 200
Place = list[Any]


def cut_page(call: Call, request: HttpRequest, held: Any) -> tuple[list[Any], str | None]:
    """Cuts the page that was asked for out of what a call found; gives the cursor of the next."""
    limit = _limit(request.GET.get("limit"))
    about = _about(call, request)
    after = _read(request.GET.get("cursor"), about)
    cut = _cut_found if isinstance(held, Found) else _cut_sequence
    rows, place = cut(held, after, limit)
    return rows, None if place is None else _signer().sign_object([about, *place], compress=False)


def next_link(request: HttpRequest, cursor: str) -> str:
    """Writes the address of the next page, for a Link header."""
    asked = request.GET.copy()
    asked["cursor"] = cursor
    return f'<{request.path}?{asked.urlencode()}>; rel="next"'


def _cut_found(held: Found, after: Place, limit: int) -> tuple[list[Any], Place | None]:
    order, beyond = (f"-{held.key}", "lt") if held.newest_first else (held.key, "gt")
    rows = held.rows.order_by(order)
    if after:
        rows = rows.filter(**{f"{held.key}__{beyond}": after[0]})
    found = list(rows[: limit + 1])
    shown = found[:limit]
    place = [getattr(shown[-1], held.key)] if len(found) > limit else None
    return [held.tell(one) for one in shown], place


def _cut_sequence(held: Sequence[Any], after: Place, limit: int) -> tuple[list[Any], Place | None]:
    """Goes on behind the row that was last; where that is gone, from its place on."""
    start = 0
    if after:
        start, last = after
        if not (0 < start <= len(held) and _mark(held[start - 1]) == last):
            found = (n for n, one in enumerate(held, 1) if _mark(one) == last)
            start = next(found, min(start, len(held)))
    end = min(start + limit, len(held))
    place = [end, _mark(held[end - 1])] if end < len(held) else None
    return list(held[start:end]), place


def _mark(row: Any) -> str:
    held = row if isinstance(row, Mapping) else getattr(row, "__dict__", {"row": str(row)})
    text = json.dumps(held, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _limit(given: str | None) -> int:
    if given is None:
        return SIZE
    if not (given.isascii() and given.isdigit() and 1 <= int(given[:9]) <= LARGEST):
        raise Problem(422, "bad-input", f"limit is a number from 1 to {LARGEST}.")
    return int(given)


def _about(call: Call, request: HttpRequest) -> str:
    """Marks what a cursor belongs to: the same call, with the same parameters."""
    asked = request.GET.copy()
    for name in ("cursor", "limit"):
        asked.pop(name, None)
    words = json.dumps([call.path, request.path, sorted(asked.lists())])
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def _read(cursor: str | None, about: str) -> Place:
    if cursor is None:
        return []
    try:
        held = _signer().unsign_object(cursor)
    except (BadSignature, ValueError):
        held = None
    if not isinstance(held, list) or held[:1] != [about]:
        words = "This cursor is not one that we gave for these parameters; begin without one."
        raise Problem(422, "bad-cursor", words)
    return held[1:]


def _signer() -> Signer:
    return Signer(salt="apportion.api.cursor")
