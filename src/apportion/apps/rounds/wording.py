"""How pages write amounts, units, days and people's counts."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from apportion.adapters.svg.marks import compact
from apportion.core.units import BASE_UNITS, MICROCREDITS_PER_CREDIT, DisplayUnit

MINUTES_PER_DAY = 24 * 60


def unit_label(resource: str, unit: str) -> str:
    """Names the display unit of a resource: GPU-h, CPU-h, staff weeks, items."""
    kind = resource.partition(":")[0]
    match DisplayUnit(unit):
        case DisplayUnit.HOUR:
            return f"{kind.upper() if len(kind) <= 4 else kind}-h"
        case DisplayUnit.WEEK:
            return f"{kind} weeks"
        case _:
            return f"{kind} items" if kind != "item" else "items"


def resource_label(resource: str) -> str:
    """Names a resource as people do: gpu:h100 is H100."""
    kind, _, model = resource.partition(":")
    return model.upper() if model and kind == "gpu" else resource


def write_amount(base_units: int, unit: str) -> str:
    """Writes an amount in display units: with thousands, and decimals only where they matter."""
    value = Decimal(base_units) / BASE_UNITS[DisplayUnit(unit)]
    if value == value.to_integral_value() or abs(value) >= 1000:
        return minus(f"{value:,.0f}")
    return minus(f"{value:,.1f}" if abs(value) >= 10 else f"{value:,.2f}")


def write_exactly(base_units: int, unit: str) -> str:
    """Writes an amount to the hundredth, as a statement needs it."""
    return minus(f"{Decimal(base_units) / BASE_UNITS[DisplayUnit(unit)]:,.2f}").removesuffix(".00")


def minus(number: str) -> str:
    """Sets a minus as wide as a digit in place of the hyphen."""
    return number.replace("-", "\N{MINUS SIGN}")


def write_compact(base_units: int, unit: str) -> str:
    """Writes an amount in a few signs, such as 717k."""
    return compact(base_units / BASE_UNITS[DisplayUnit(unit)])


def write_credits(microcredits: int) -> str:
    """Writes microcredits as whole credits with thousands."""
    return f"{Decimal(microcredits) / MICROCREDITS_PER_CREDIT:,.0f}"


def write_day(at: datetime) -> str:
    """Writes a day as on a calendar: 14 Nov."""
    return f"{at.day} {at:%b}"


def write_spell(spell: timedelta) -> str:
    """Writes how long something took in its two largest units: 18 h 12 m."""
    minutes = max(0, round(spell.total_seconds() / 60))
    if minutes >= MINUTES_PER_DAY:
        return f"{minutes // MINUTES_PER_DAY} d {minutes % MINUTES_PER_DAY // 60} h"
    return f"{minutes // 60} h {minutes % 60:02} m" if minutes >= 60 else f"{minutes} m"


def days_until(at: datetime, now: datetime) -> str:
    """Says how far off a day is."""
    days = (at.date() - now.date()).days
    if days == 0:
        return "today"
    if days == 1:
        return "tomorrow"
    return f"in {days} days" if 1 < days <= 14 else f"{write_day(at)}"


def count_of(number: int, one: str, many: str | None = None) -> str:
    """Writes a number with its noun: 1 request, 34 requests."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(names: Sequence[str]) -> str:
    """Joins names as in a sentence: A, B and C."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
