"""Spans of seconds: cut at period borders, and freed of what was counted before."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import pairwise

from apportion.core.meter.stamps import read_instant
from apportion.core.windows import Window, from_epoch

FEWEST_EPOCH_DIGITS = 9  # epoch seconds since 1973
Span = tuple[int, int]  # epoch seconds, half-open


def cut(span: Span, borders: Iterable[int]) -> list[Span]:
    """Cuts a span at every border inside it; the parts together are the span."""
    start, end = span
    inside = sorted({border for border in borders if start < border < end})
    points = [start, *inside, end]
    return list(pairwise(points))


def subtract(span: Span, covered: Iterable[Span]) -> list[Span]:
    """Leaves of a span what no covered span holds."""
    start, end = span
    left: list[Span] = []
    for low, high in sorted(covered):
        if low > start:
            left.append((start, min(low, end)))
        start = max(start, high)
        if start >= end:
            break
    if start < end:
        left.append((start, end))
    return [(low, high) for low, high in left if low < high]


def clip(span: Span, window: Span) -> Span | None:
    """Keeps of a span what lies inside a window, or nothing."""
    start, end = max(span[0], window[0]), min(span[1], window[1])
    return (start, end) if start < end else None


def holds_any(windows: Sequence[Span], at: int) -> bool:
    """Says whether the instant lies inside any of the windows."""
    return any(low <= at < high for low, high in windows)


def read_period(text: str) -> Window:
    """Reads `START/END` (dates, RFC 3339 instants or epoch seconds) or a month such as 2017-11.

    Units: a date or time without offset is UTC.

    Raises: ValueError, whose message says what would be right.
    """
    start, slash, end = text.strip().partition("/")
    if not slash:
        return _month(start)
    if any(part.isdigit() and len(part) < FEWEST_EPOCH_DIGITS for part in (start, end)):
        raise ValueError(
            "write START/END, such as 2017-11-01/2017-12-01"
        )  # 2017 is no epoch second
    low, high = (read_instant(part, UTC) for part in (start, end))
    if low is None or high is None:
        raise ValueError("write START/END, such as 2017-11-01/2017-12-01")
    if high <= low:
        raise ValueError("a period ends after it starts")
    return Window(starts_at=from_epoch(low), ends_at=from_epoch(high))


def _month(text: str) -> Window:
    try:
        start = datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC)
    except ValueError:
        raise ValueError("write START/END, such as 2017-11-01/2017-12-01, or 2017-11") from None
    year, month = (start.year + 1, 1) if start.month == 12 else (start.year, start.month + 1)
    if year > 9999:
        raise ValueError("outside the years 1970 to 9999")
    return Window(starts_at=start, ends_at=datetime(year, month, 1, tzinfo=UTC))
