"""Reads of periods of the books."""

from collections.abc import Sequence

from apportion.apps.ledger.models import Period as PeriodRow
from apportion.core.periods import Period, PeriodState
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.windows import Window


def find_period(name: str) -> PeriodRow:
    """Finds a period by its name.

    Refuses: NOT_FOUND.
    """
    row = PeriodRow.objects.select_related("round").filter(name=name).first()
    if row is None:
        remedy = "List periods with: apportion period list"
        raise Refused([Refusal(code=Code.NOT_FOUND, subject=f"period {name!r}", remedy=remedy)])
    return row


def list_periods() -> list[PeriodRow]:
    """Lists periods, the latest first."""
    return list(PeriodRow.objects.select_related("round"))


def period_of(row: PeriodRow) -> Period:
    """Turns a row into the core's period."""
    return Period(
        name=row.name,
        window=Window(starts_at=row.starts_at, ends_at=row.ends_at),
        state=PeriodState(row.state),
        issuer=row.round.slug if row.round is not None else row.name,
    )


def first_unclosed(rows: Sequence[PeriodRow]) -> PeriodRow | None:
    """Chooses the period that is to be closed next."""
    unclosed = [row for row in rows if row.state != PeriodState.CLOSED]
    return min(unclosed, key=lambda row: row.starts_at, default=None)
