"""What pages tell of directives: the countdown, the preview's card, the losers by name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apportion.apps.directive.queries import Directive, Preview, document_of, latest_preview
from apportion.apps.directive.wording import Units, amount_words, time_left
from apportion.apps.rounds.wording import count_of
from apportion.core.directive.terms import OPEN_TO_SIGN, OWING, State

SECONDS_PER_HOUR = 3600
MOST_WAITS = 20  # groups of a replay that a card has room for


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """The median wait of a group now and then, as words."""

    group: str
    now: str
    then: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A directive as pages tell it."""

    row: Directive
    state: str
    preview: Preview | None
    document: Mapping[str, Any] | None
    headline: str
    countdown: str
    moved: tuple[tuple[str, str], ...]
    waits: tuple[Wait, ...]
    under: tuple[str, ...]
    until: datetime
    payback: str
    signed_by: tuple[int, ...]

    @property
    def in_force(self) -> bool:
        """Says whether credits are lent now."""
        return self.row.state == State.IN_FORCE

    @property
    def to_sign(self) -> bool:
        """Says whether signatures are wanted or complete."""
        return self.row.state in OPEN_TO_SIGN


def tell(row: Directive, *, units: Units, now: datetime) -> Told:
    """Tells one directive by its newest preview."""
    preview = latest_preview(row)
    document = document_of(preview) if preview else None
    return Told(
        row=row,
        state=row.get_state_display(),
        preview=preview,
        document=document,
        headline=_headline(row, document, units),
        countdown=_countdown(row, now),
        moved=tuple(_moved(document, units)) if document else (),
        waits=_waits(document),
        under=tuple(
            one["project"] for one in (document or {}).get("losers", ()) if one["under_minimum"]
        ),
        until=row.ends_at,
        payback=document["payback"]["rate"] if document else "",
        signed_by=tuple(one.person_id for one in preview.signatures.all()) if preview else (),
    )


def count_down(rows: Iterable[Directive], *, now: datetime) -> tuple[tuple[Directive, str], ...]:
    """Gives what is in force, or over and owing, with the time that is left: for every page."""
    alive = (State.IN_FORCE, *OWING)
    return tuple((row, _countdown(row, now)) for row in rows if row.state in alive)


def tell_all(rows: Iterable[Directive], *, units: Units, now: datetime) -> tuple[Told, ...]:
    """Tells several, in their order."""
    return tuple(tell(row, units=units, now=now) for row in rows)


def _headline(row: Directive, document: Mapping[str, Any] | None, units: Units) -> str:
    if document is None:
        return f"{row.target} would borrow."
    sums: dict[str, int] = {}
    for one in document["lendings"]:
        sums[one["resource"]] = sums.get(one["resource"], 0) + one["amount"]
    amounts = " and ".join(amount_words(n, code, units) for code, n in sorted(sums.items()))
    days = max(1, round((row.ends_at - row.starts_at).total_seconds() / 86_400))
    return f"Lend {amounts or 'nothing'} to {row.target} for {count_of(days, 'day')}."


def _countdown(row: Directive, now: datetime) -> str:
    if row.state == State.IN_FORCE:
        return time_left(row.ends_at, now)
    if row.state == State.BROKEN:
        return "payback was missed"
    return f"{time_left(row.payback_by, now)} to pay back" if row.state in OWING else ""


def _moved(document: Mapping[str, Any], units: Units) -> Iterable[tuple[str, str]]:
    for area, amounts in sorted(document["moved"].items()):
        words = (amount_words(lent, code, units) for code, lent in sorted(amounts.items()))
        yield area, ", ".join(words)


def _waits(document: Mapping[str, Any] | None) -> tuple[Wait, ...]:
    """Reads the waits of an attached replay; what is not of that shape is not shown."""
    replay = (document or {}).get("replay") or {}
    held = replay.get("waits")
    rows: Sequence[Any] = held if isinstance(held, list) else ()
    return tuple(
        Wait(group=str(one["group"]), now=_hours(one["now"]), then=_hours(one["then"]))
        for one in rows[:MOST_WAITS]
        if isinstance(one, dict)
        and "group" in one
        and _is_time(one, "now")
        and _is_time(one, "then")
    )


def _is_time(one: Mapping[str, Any], key: str) -> bool:
    value = one.get(key)
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e12


def _hours(seconds: float) -> str:
    return f"{seconds / SECONDS_PER_HOUR:,.1f} h"
