"""What rating asks of an engine, and the rating of use that was read already."""

from collections.abc import Iterable, Sequence
from typing import Protocol, cast

from apportion.adapters.rating.expression import (
    SHAPES,
    STRETCHES,
    USE,
    Columns,
    rated,
    sql,
    table,
)
from apportion.adapters.rating.tables import shape_rows, stretch_rows
from apportion.core.meter.cut import Span, clip
from apportion.core.meter.days import DayUse
from apportion.core.meter.rate import Charge
from apportion.core.meter.segments import Segment
from apportion.core.meter.tariff import DAY, Prices

Row = tuple[object, ...]
ROW: Columns = (("row", "int64"), ("account", "string"))


class Engine(Protocol):
    """Runs SQL over tables of texts and whole numbers."""

    dialect: str

    def read_records(
        self, paths: Sequence[str], *, fields: Sequence[str], has_header: bool
    ) -> None:
        """Opens files of `|`-separated text as the table `records`, a column a field, all text."""

    def put(self, name: str, columns: Columns, rows: Iterable[Row]) -> None:
        """Makes a small table."""

    def keep(self, name: str, query: str) -> None:
        """Makes a table of what a query gives."""

    def ask(self, query: str) -> list[Row]:
        """Gives the rows of a query."""

    def rows_read(self) -> int:
        """Counts the rows of `records`; ask once, after the first query that read all of them."""

    def misfits(self) -> list[str] | None:
        """Gives the lines with more columns than fields, or None where text could not be read."""


def prepare(
    engine: Engine,
    *,
    prices: Prices,
    shapes: dict[str, dict[str, int]],
    queue_groups: Iterable[int],
    days: range,
) -> tuple[str, ...]:
    """Puts the tables `shapes` and `stretches` beside the use, and says which place is which resource.

    Raises: BadInput, when a price is too high for an engine to be exact.
    """
    resources = tuple(sorted({resource for units in shapes.values() for resource in units}))
    engine.put("shapes", SHAPES, shape_rows(shapes, resources=resources))
    rows = stretch_rows(prices, resources=resources, queue_groups=queue_groups, days=days)
    engine.put("stretches", STRETCHES, rows)
    return resources


def rate_on(
    engine: Engine, segments: Sequence[Segment], *, prices: Prices, bounds: Span | None = None
) -> list[Charge]:
    """Rates segments by the expression: the same charges as core/meter/rate.py gives, in order.

    Raises: BadInput, when a price is too high for an engine to be exact.
    """
    spans = _spans(segments, bounds)
    _put_use(engine, segments, spans, prices)
    answer = engine.ask(_rated(engine, prices, by=["row"])) if spans else []
    sums = {row[0]: row[1:] for row in answer}
    return [_charge(segments[at], span, sums[at]) for at, span in spans]


def days_on(
    engine: Engine, segments: Sequence[Segment], *, prices: Prices, bounds: Span | None = None
) -> list[DayUse]:
    """Rates segments by the expression into days, as core/meter/days.py does.

    Raises: BadInput, when a price is too high for an engine to be exact.
    """
    spans = _spans(segments, bounds)
    resources = _put_use(engine, segments, spans, prices)
    by = ["account", "resource", "day"]
    answer = engine.ask(_rated(engine, prices, by=by)) if spans else []
    return sorted(day_of(row, resources) for row in answer)


def day_of(row: Row, resources: Sequence[str]) -> DayUse:
    """Turns an engine's row of account, place of the resource, day and sums into a day's use."""
    account, resource, *amounts = cast("tuple[str, int, *tuple[int, ...]]", row)
    day, *sums = amounts
    return DayUse(account, resources[resource], day, *sums)


def _spans(segments: Sequence[Segment], bounds: Span | None) -> list[tuple[int, Span]]:
    spans: list[tuple[int, Span]] = []
    for at, segment in enumerate(segments):
        whole = (segment.started_at, segment.ended_at)
        span = whole if bounds is None else clip(whole, bounds)
        if span is not None:
            spans.append((at, span))
    return spans


def _put_use(
    engine: Engine, segments: Sequence[Segment], spans: Sequence[tuple[int, Span]], prices: Prices
) -> tuple[str, ...]:
    if not spans:
        return ()
    shapes = {_shape(segments[at]): {segments[at].resource: segments[at].size} for at, _ in spans}
    groups = {at: _group(segments[at], prices) for at, _ in spans}
    first, last = min(span[0] for _, span in spans), max(span[1] for _, span in spans)
    days = range(first // DAY, (last - 1) // DAY + 1)
    uses: Iterable[Row] = (
        (
            at,
            segments[at].project,
            _shape(segments[at]),
            groups[at],
            prices.refund_share(segments[at].state),
            *span,
        )
        for at, span in spans
    )
    engine.put("use", (*ROW, *USE), uses)
    return prepare(engine, prices=prices, shapes=shapes, queue_groups=groups.values(), days=days)


def _rated(engine: Engine, prices: Prices, *, by: Sequence[str]) -> str:
    use = table("use", (*ROW, *USE))
    query = rated(use, by=by, has_refunds=bool(prices.tariff.refunds))
    return sql(query, dialect=engine.dialect)


def _charge(segment: Segment, span: Span, sums: Row) -> Charge:
    used, cost, back_seconds, back = cast("tuple[int, int, int, int]", sums)
    return Charge(
        segment=segment,
        started_at=span[0],
        ended_at=span[1],
        unit_seconds=used,
        microcredits=cost,
        refunded_seconds=back_seconds,
        refunded_microcredits=back,
    )


def _shape(segment: Segment) -> str:
    return f"{segment.resource}={segment.size}"


def _group(segment: Segment, prices: Prices) -> int:
    return prices.queue_group(queue=segment.queue, qos=segment.qos)
