"""Use by account, resource and UTC day: the rows that a site books or publishes."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from apportion.core.meter.cut import Span, clip
from apportion.core.meter.rate import charge
from apportion.core.meter.segments import Segment
from apportion.core.meter.tariff import DAY, Prices
from apportion.core.meter.totals import Total, Totals


class DayUse(NamedTuple):
    """What an account used of a resource on a day. Units: as named; day in days since 1970, UTC."""

    account: str
    resource: str
    day: int
    unit_seconds: int
    microcredits: int
    refunded_seconds: int
    refunded_microcredits: int

    @property
    def date(self) -> str:
        """The day as a date."""
        return datetime.fromtimestamp(self.day * DAY, UTC).date().isoformat()


def rate_days(
    segments: Iterable[Segment], *, prices: Prices, bounds: Span | None = None
) -> list[DayUse]:
    """Rates segments day by day; the days of a job add up to what the job costs."""
    parts = [part for segment in segments for part in _days_of(segment, prices, bounds)]
    return add_days(parts)


def add_days(parts: Iterable[DayUse]) -> list[DayUse]:
    """Adds up what belongs to one account, resource and day, in alphabetical order."""
    sums: dict[tuple[str, str, int], tuple[int, ...]] = {}
    for part in parts:
        key, amounts = part[:3], part[3:]
        before = sums.get(key)
        sums[key] = (
            amounts if before is None else tuple(map(sum, zip(before, amounts, strict=True)))
        )
    return [DayUse(*key, *amounts) for key, amounts in sorted(sums.items())]


def total_days(days: Iterable[DayUse]) -> Totals:
    """Sums days per resource, and per account and resource; the charges are the days."""
    by_account: dict[tuple[str, str], list[int]] = {}
    by_resource: dict[tuple[str, str], list[int]] = {}
    for one in days:
        for sums, key in (
            (by_account, (one.account, one.resource)),
            (by_resource, ("", one.resource)),
        ):
            found = sums.setdefault(key, [0, 0, 0])
            found[0] += 1
            found[1] += one.unit_seconds
            found[2] += one.microcredits
    return Totals(_ordered(by_resource), _ordered(by_account))


def _days_of(segment: Segment, prices: Prices, bounds: Span | None) -> Iterable[DayUse]:
    whole = (segment.started_at, segment.ended_at)
    span = whole if bounds is None else clip(whole, bounds)
    if span is None:
        return
    for day in range(span[0] // DAY, (span[1] - 1) // DAY + 1):
        part = clip(span, (day * DAY, day * DAY + DAY))
        if part is not None:
            rated = charge(segment=segment, span=part, prices=prices)
            yield DayUse(
                segment.project,
                segment.resource,
                day,
                rated.unit_seconds,
                rated.microcredits,
                rated.refunded_seconds,
                rated.refunded_microcredits,
            )


def _ordered(sums: dict[tuple[str, str], list[int]]) -> tuple[Total, ...]:
    return tuple(
        Total(
            account=account,
            resource=resource,
            charges=parts[0],
            unit_seconds=parts[1],
            microcredits=parts[2],
        )
        for (account, resource), parts in sorted(sums.items())
    )
