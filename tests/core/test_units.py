"""Quantities: what is written is what is counted, and what is printed can be written again."""

import decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from apportion.core.units import (
    BASE_UNITS,
    MAX_BASE_UNITS,
    DisplayUnit,
    NotAQuantity,
    Resource,
    format_credits,
    format_quantity,
    parse_credits,
    parse_decimal,
    parse_quantity,
    round_half_even,
)

amounts = st.integers(0, MAX_BASE_UNITS)
units = st.sampled_from(DisplayUnit)


@given(amounts, units)
@example(1200, DisplayUnit.HOUR)  # a third of an hour has no exact decimal
@example(MAX_BASE_UNITS, DisplayUnit.WEEK)
def test_every_amount_printed_is_read_back_as_itself(amount, unit):
    assert parse_quantity(format_quantity(amount, unit), unit) == amount


@given(amounts, amounts, units)
def test_no_two_amounts_print_the_same(one, other, unit):
    assert (format_quantity(one, unit) == format_quantity(other, unit)) == (one == other)


@given(amounts)
def test_every_credit_printed_is_read_back_as_itself(microcredits):
    assert parse_credits(format_credits(microcredits)) == microcredits


@given(st.integers(-MAX_BASE_UNITS, MAX_BASE_UNITS))
def test_credits_print_their_exact_value_debts_too(microcredits):
    assert Fraction(format_credits(microcredits)) * 1_000_000 == microcredits


@given(st.integers(1, MAX_BASE_UNITS), units)
def test_a_shortfall_prints_as_the_same_amount_with_a_minus(amount, unit):
    assert format_quantity(-amount, unit) == "-" + format_quantity(amount, unit)


@given(st.decimals(0, 10**9, places=6), units)
def test_a_quantity_between_two_amounts_is_refused_with_two_that_are_accepted(value, unit):
    text = format(value, "f")
    try:
        got = parse_quantity(text, unit)
    except NotAQuantity as error:
        low, high = error.remedy.removeprefix("Write ").split(" or ")
        assert parse_quantity(high, unit) - parse_quantity(low, unit) == 1
        assert parse_quantity(low, unit) < Fraction(text) * BASE_UNITS[unit]
    else:
        assert got == Fraction(text) * BASE_UNITS[unit] or format_quantity(got, unit) in text


@pytest.mark.parametrize("tail", ["0" * 25 + "1", "0" * 33 + "1"])
def test_a_fraction_too_fine_to_see_is_refused_and_not_rounded_away(tail):
    with pytest.raises(NotAQuantity, match="not a whole number"):
        parse_quantity("1." + tail, DisplayUnit.HOUR)
    with pytest.raises(NotAQuantity, match="more than six decimals"):
        parse_credits("1." + tail)


def test_reading_does_not_depend_on_the_decimal_context_of_the_caller():
    with decimal.localcontext(decimal.Context(prec=3)):
        assert parse_quantity("123456.25", DisplayUnit.HOUR) == 444_442_500
        assert parse_credits("123456.789") == 123_456_789_000


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("-1", "negative"),
        ("NaN", "not a finite number"),
        ("sNaN", "not a finite number"),
        ("Infinity", "not a finite number"),
        ("1e309", "out of range"),
        ("1e-309", "out of range"),
        ("1e999999999999", "out of range|not a number"),
        ("1_000", "not a plain number"),
        ("1,000", "not a number"),
        ("0x10", "not a number"),
        ("١٢", "not a plain number"),
        ("9" * 41, "not a plain number"),
        ("12 GPUs", "not a number"),
    ],
)
def test_text_that_is_no_quantity_is_refused_with_the_reason_and_a_remedy(text, why):
    with pytest.raises(NotAQuantity, match=why) as caught:
        parse_decimal(text)
    assert caught.value.remedy.startswith("Write")


@given(st.text())
def test_any_text_is_read_or_refused_and_never_breaks(text):
    for read in (parse_credits, lambda t: parse_quantity(t, DisplayUnit.WEEK)):
        try:
            amount = read(text)
        except NotAQuantity as refused:
            told = (refused.what, refused.remedy)
        else:
            told = None
        assert all(told) if told else 0 <= amount <= MAX_BASE_UNITS


@given(units)
def test_the_largest_amount_is_accepted_and_one_more_is_refused(unit):
    assert parse_quantity(format_quantity(MAX_BASE_UNITS, unit), unit) == MAX_BASE_UNITS
    with pytest.raises(NotAQuantity, match="too large") as caught:
        parse_quantity(format_quantity(MAX_BASE_UNITS + 1, unit), unit)
    assert parse_quantity(caught.value.remedy.removeprefix("Write at most "), unit)


def test_the_sum_of_two_amounts_fits_a_signed_64_bit_column():
    assert 2 * MAX_BASE_UNITS <= 2**63 - 1


@given(st.integers(), st.integers(1))
def test_rounding_is_to_the_nearest_and_ties_go_to_even(numerator, denominator):
    assert round_half_even(numerator, denominator) == round(Fraction(numerator, denominator))


def test_a_week_of_one_person_is_604_800_seconds():
    assert Resource(code="staff", unit=DisplayUnit.WEEK).base_units == 604_800
    assert parse_quantity("0.5", DisplayUnit.WEEK) == 302_400
