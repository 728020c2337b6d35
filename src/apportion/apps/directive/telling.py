"""What pages tell of directives: the countdown, the preview's card, the losers by name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apportion.apps.directive.queries import Directive, Preview, document_of, latest_preview
from apportion.apps.directive.replay_telling import Replayed, tell_replays
from apportion.apps.directive.wording import Names, Units, amount_words, time_left
from apportion.apps.rounds.wording import count_of
from apportion.core.directive.terms import OPEN_TO_SIGN, OWING, State


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
    replays: tuple[Replayed, ...]
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


def tell(row: Directive, *, units: Units, names: Names, now: datetime) -> Told:
    """Tells one directive by its newest preview."""
    preview = latest_preview(row)
    document = document_of(preview) if preview else None
    return Told(
        row=row,
        state=row.get_state_display(),
        preview=preview,
        document=document,
        headline=_headline(row, document, units, names),
        countdown=_countdown(row, now),
        moved=tuple(_moved(document, units, names)) if document else (),
        replays=tell_replays(document),
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


def tell_all(
    rows: Iterable[Directive], *, units: Units, names: Names, now: datetime
) -> tuple[Told, ...]:
    """Tells several, in their order."""
    return tuple(tell(row, units=units, names=names, now=now) for row in rows)


def _headline(
    row: Directive, document: Mapping[str, Any] | None, units: Units, names: Names
) -> str:
    target = names.get(row.target, row.target)
    if document is None:
        return f"{target} would borrow."
    sums: dict[str, int] = {}
    for one in document["lendings"]:
        sums[one["resource"]] = sums.get(one["resource"], 0) + one["amount"]
    amounts = " and ".join(amount_words(n, code, units) for code, n in sorted(sums.items()))
    days = max(1, round((row.ends_at - row.starts_at).total_seconds() / 86_400))
    return f"Lend {amounts or 'nothing'} to {target} for {count_of(days, 'day')}."


def _countdown(row: Directive, now: datetime) -> str:
    if row.state == State.IN_FORCE:
        return time_left(row.ends_at, now)
    if row.state == State.BROKEN:
        return "payback was missed"
    return f"{time_left(row.payback_by, now)} to pay back" if row.state in OWING else ""


def _moved(document: Mapping[str, Any], units: Units, names: Names) -> Iterable[tuple[str, str]]:
    for area, amounts in sorted(document["moved"].items()):
        words = (amount_words(lent, code, units) for code, lent in sorted(amounts.items()))
        yield names.get(area, area), ", ".join(words)
