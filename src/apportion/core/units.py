"""Quantities as integers: microcredits, and seconds of one unit of a resource."""

import math
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction

MICROCREDITS_PER_CREDIT = 1_000_000
MAX_BASE_UNITS = 2**62 - 1  # the sum of two still fits a signed 64-bit column
MAX_DIGITS = 40  # longer than any honest quantity; keeps "1e309" and its like from being expanded


class DisplayUnit(StrEnum):
    """The unit in which people read and write a resource."""

    HOUR = "hour"
    WEEK = "week"
    ITEM = "item"


BASE_UNITS = {DisplayUnit.HOUR: 3600, DisplayUnit.WEEK: 604_800, DisplayUnit.ITEM: 1}


class NotAQuantity(ValueError):
    """Text that is not a quantity; `remedy` says what would be one."""

    def __init__(self, what: str, remedy: str) -> None:
        self.what = what
        self.remedy = remedy
        super().__init__(f"{what}. {remedy}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A meterable kind such as `gpu:h100`, counted in seconds of one unit (or in items)."""

    code: str
    unit: DisplayUnit = DisplayUnit.HOUR

    @property
    def base_units(self) -> int:
        """Base units (seconds or items) in one display unit."""
        return BASE_UNITS[self.unit]


def parse_quantity(text: str, unit: DisplayUnit) -> int:
    """Reads a decimal in display units as an exact, non-negative integer of base units.

    What `format_quantity` prints is read back as what was printed, thirds of an hour too.
    Raises: NotAQuantity, which names the nearest quantities when the text falls between two.
    """
    written = Fraction(parse_decimal(text))  # exact, where decimal arithmetic keeps 28 digits
    value = written * BASE_UNITS[unit]
    if value > MAX_BASE_UNITS:
        most = format_quantity(MAX_BASE_UNITS, unit)
        raise NotAQuantity("too large", f"Write at most {most}")
    low, high = math.floor(value), math.ceil(value)
    if low != high and written != Fraction(format_quantity(high, unit)):
        raise NotAQuantity(
            f"not a whole number of base units (1 {unit} is {BASE_UNITS[unit]})",
            f"Write {format_quantity(low, unit)} or {format_quantity(high, unit)}",
        )
    return high


def parse_decimal(text: str) -> Decimal:
    """Reads a finite, non-negative decimal with a point.

    Raises: NotAQuantity.
    """
    remedy = "Write a plain number such as 1200 or 0.25"
    stripped = text.strip()
    if not stripped:
        raise NotAQuantity("empty", remedy)
    if len(stripped) > MAX_DIGITS or not stripped.isascii() or "_" in stripped:
        raise NotAQuantity("not a plain number", remedy)
    try:
        value = Decimal(stripped)
    except InvalidOperation:
        raise NotAQuantity("not a number", remedy) from None
    if not value.is_finite():
        raise NotAQuantity("not a finite number", remedy)
    if value < 0:
        raise NotAQuantity("negative", "Write zero or more")
    if value and not -MAX_DIGITS < value.adjusted() < MAX_DIGITS:
        raise NotAQuantity("out of range", remedy)
    return value


def format_quantity(base_units: int, unit: DisplayUnit) -> str:
    """Writes base units in display units, exactly where that takes at most nine decimals.

    Thirds of an hour print as `0.333333333`; no two amounts print the same, so that
    `parse_quantity` reads back every amount that it may hold.
    """
    sign, size = ("-", -base_units) if base_units < 0 else ("", base_units)
    whole, rest = divmod(size, BASE_UNITS[unit])
    decimals = str(rest * 10**9 // BASE_UNITS[unit]).rjust(9, "0").rstrip("0")
    return f"{sign}{whole}.{decimals}" if decimals else f"{sign}{whole}"


def parse_credits(text: str) -> int:
    """Reads credits as an exact, non-negative integer of microcredits.

    Raises: NotAQuantity.
    """
    value = Fraction(parse_decimal(text)) * MICROCREDITS_PER_CREDIT
    if value > MAX_BASE_UNITS:
        raise NotAQuantity("too large", f"Write at most {format_credits(MAX_BASE_UNITS)}")
    if value.denominator != 1:
        raise NotAQuantity(
            "more than six decimals", "Write whole microcredits: at most six decimals"
        )
    return int(value)


def format_credits(microcredits: int) -> str:
    """Writes microcredits as credits, exactly, with no trailing zeros."""
    sign, size = ("-", -microcredits) if microcredits < 0 else ("", microcredits)
    whole, rest = divmod(size, MICROCREDITS_PER_CREDIT)
    decimals = str(rest).rjust(6, "0").rstrip("0")
    return f"{sign}{whole}.{decimals}" if decimals else f"{sign}{whole}"


def round_half_even(numerator: int, denominator: int) -> int:
    """Divides integers to the nearest, ties to even: the stated rounding of every charge."""
    quotient, rest = divmod(numerator, denominator)
    twice = 2 * rest
    return quotient + (twice > denominator or (twice == denominator and quotient % 2 == 1))
