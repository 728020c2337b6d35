"""Spans that claims are about: a year, a quarter or a month, each as whole months."""

import calendar
import re
from datetime import date

YEAR = re.compile(r"(\d{4})")
QUARTER = re.compile(r"(\d{4})-Q([1-4])")
MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
FIRST_YEAR = 1970


def months_of(span: str) -> tuple[str, ...]:
    """Lists the months of `2026`, `2026-Q1` or `2026-03`; none where the text is no such span."""
    first, count = 1, 12
    if found := QUARTER.fullmatch(span):
        first, count = 3 * int(found[2]) - 2, 3
    elif found := MONTH.fullmatch(span):
        first, count = int(found[2]), 1
    elif not (found := YEAR.fullmatch(span)):
        return ()
    year = int(found[1])
    if year < FIRST_YEAR:
        return ()
    return tuple(f"{year}-{month:02}" for month in range(first, first + count))


def span_before(span: str) -> str:
    """Names the span of the same length right before; empty where there is none."""
    if found := QUARTER.fullmatch(span):
        year, part = int(found[1]), int(found[2])
        return f"{year}-Q{part - 1}" if part > 1 else f"{year - 1}-Q4"
    if found := MONTH.fullmatch(span):
        year, part = int(found[1]), int(found[2])
        return f"{year}-{part - 1:02}" if part > 1 else f"{year - 1}-12"
    return str(int(span) - 1) if YEAR.fullmatch(span) else ""


def days_in(month: str, *, until: date) -> int:
    """Counts the days of a month that have begun by a day, that day included."""
    year, number = int(month[:4]), int(month[5:])
    last = calendar.monthrange(year, number)[1]
    if (until.year, until.month) == (year, number):
        return until.day
    return last if (until.year, until.month) > (year, number) else 0


def is_over(month: str, *, until: date) -> bool:
    """Says whether all days of a month have begun."""
    return days_in(month, until=until) == days_in(month, until=date.max)
