"""Segments to charges: unit-seconds inside a window, priced at dated rates, in integers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from apportion.core.meter.cut import Span, clip
from apportion.core.meter.segments import Segment
from apportion.core.rates import RateCard
from apportion.core.units import BASE_UNITS, round_half_even
from apportion.core.windows import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """The part of a segment inside a window, and what it costs."""

    segment: Segment
    started_at: int
    ended_at: int
    unit_seconds: int
    microcredits: int


@dataclass(frozen=True, slots=True)
class Step:
    """The rate of a resource from an instant on. Units: microcredits for `base_units` seconds."""

    starts_at: int
    microcredits: int
    base_units: int


Prices = Mapping[str, tuple[Step, ...]]


def rate_segments(
    segments: Iterable[Segment], *, card: RateCard, window: Window | None = None
) -> Iterator[Charge]:
    """Rates what each segment used inside the window; segments wholly outside give nothing."""
    prices = prices_of(card)
    bounds = None if window is None else epoch_span(window)
    for segment in segments:
        span: Span | None = (segment.started_at, segment.ended_at)
        if bounds is not None:
            span = clip((segment.started_at, segment.ended_at), bounds)
        if span is not None:
            yield charge(segment=segment, span=span, prices=prices)


def charge(*, segment: Segment, span: Span, prices: Prices) -> Charge:
    """Rates one span of a segment.

    Each stretch under one rate is rounded to whole microcredits by itself, ties to even, so a
    span cut in n parts costs the same within n microcredits; its unit-seconds sum exactly.
    """
    start, end = span
    cost = sum(
        round_half_even(segment.size * (high - low) * step.microcredits, step.base_units)
        for step, low, high in _stretches(prices.get(segment.resource, ()), start, end)
    )
    return Charge(
        segment=segment,
        started_at=start,
        ended_at=end,
        unit_seconds=segment.size * (end - start),
        microcredits=cost,
    )


def prices_of(card: RateCard) -> dict[str, tuple[Step, ...]]:
    """Arranges a rate card by resource and time, for many look-ups."""
    found: dict[str, list[Step]] = {}
    for rate in card.rates:
        step = Step(
            int(rate.starts_at.timestamp()), rate.microcredits_per_unit, BASE_UNITS[rate.unit]
        )
        found.setdefault(rate.resource, []).append(step)
    return {
        resource: tuple(sorted(steps, key=lambda step: step.starts_at))
        for resource, steps in found.items()
    }


def epoch_span(window: Window) -> Span:
    """Turns a window into a span of epoch seconds."""
    return int(window.starts_at.timestamp()), int(window.ends_at.timestamp())


def _stretches(steps: tuple[Step, ...], start: int, end: int) -> Iterator[tuple[Step, int, int]]:
    """Splits [start, end) by the rate in force; before the first rate nothing costs."""
    ends = [*(step.starts_at for step in steps[1:]), end]
    for step, until in zip(steps, ends, strict=False):
        low, high = max(start, step.starts_at), min(end, until)
        if low < high:
            yield step, low, high
