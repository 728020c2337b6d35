"""Segments to charges: unit-seconds inside a window, priced at dated rates, in integers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from apportion.core.meter.cut import Span, clip
from apportion.core.meter.segments import Segment
from apportion.core.meter.tariff import DAY, WHOLE, Prices, Stretch, Tariff
from apportion.core.rates import RateCard
from apportion.core.units import round_half_even
from apportion.core.windows import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """The part of a segment inside a window, what it costs, and what policy gives back of that.

    Units: unit_seconds and microcredits are before the refund.
    """

    segment: Segment
    started_at: int
    ended_at: int
    unit_seconds: int
    microcredits: int
    refunded_seconds: int = 0
    refunded_microcredits: int = 0


def rate_segments(
    segments: Iterable[Segment], *, tariff: Tariff, window: Window | None = None
) -> Iterator[Charge]:
    """Rates what each segment used inside the window; segments wholly outside give nothing."""
    prices = Prices(tariff)
    bounds = None if window is None else epoch_span(window)
    for segment in segments:
        span: Span | None = (segment.started_at, segment.ended_at)
        if bounds is not None:
            span = clip((segment.started_at, segment.ended_at), bounds)
        if span is not None:
            yield charge(segment=segment, span=span, prices=prices)


def charge(*, segment: Segment, span: Span, prices: Prices) -> Charge:
    """Rates one span of a segment.

    Each stretch under one price within one UTC day is rounded to whole microcredits by itself,
    ties to even, and so is what is given back of it: days add up to their jobs exactly, and a
    span cut elsewhere costs the same within a microcredit a cut. Unit-seconds sum exactly.
    """
    start, end = span
    size, share = segment.size, prices.refund_share(segment.state)
    cost = back = back_seconds = 0
    for stretch, seconds in _stretches(segment, start, end, prices):
        used = size * seconds
        price = round_half_even(used * stretch.microcredits, stretch.base_units)
        cost += price
        if share:
            back += round_half_even(price * share, WHOLE)
            back_seconds += round_half_even(used * share, WHOLE)
    return Charge(
        segment=segment,
        started_at=start,
        ended_at=end,
        unit_seconds=size * (end - start),
        microcredits=cost,
        refunded_seconds=back_seconds,
        refunded_microcredits=back,
    )


def prices_of(card: RateCard) -> Prices:
    """Arranges a rate card without classes or refunds for many look-ups."""
    return Prices(Tariff(card=card))


def epoch_span(window: Window) -> Span:
    """Turns a window into a span of epoch seconds."""
    return int(window.starts_at.timestamp()), int(window.ends_at.timestamp())


def _stretches(
    segment: Segment, start: int, end: int, prices: Prices
) -> Iterator[tuple[Stretch, int]]:
    """Splits a span at midnights, UTC, and at changes of price."""
    group = prices.queue_group(queue=segment.queue, qos=segment.qos)
    for day in range(start // DAY, (end - 1) // DAY + 1):
        low, high = max(0, start - day * DAY), min(DAY, end - day * DAY)
        for stretch in prices.on(day, resource=segment.resource, queue_group=group):
            seconds = min(stretch.high, high) - max(stretch.low, low)
            if seconds > 0:
                yield stretch, seconds
