"""Conversion: what leaves one unit and enters the other fits the rate, to the last whole unit."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.core.ledger import Key, Kind, TransferCode
from apportion.core.ledger.convert import ROUNDING, ExchangeRate, convert
from tests.core.ledger_books import ALPHA, ISSUED, PlainBooks, leg

CPU = Key(Kind.PROJECT, "alpha", "cpu")
whole = st.integers(1, 10**6)


def converted(amount, rate):
    books = PlainBooks()
    books.post([leg(1, ISSUED, ALPHA, amount)])
    legs = convert(payer=ALPHA, payee=CPU, amount=amount, rate=rate, ref="one", effective_us=1_000)
    assert books.post(legs).refusals == ()
    return books, legs


@given(whole, whole, whole)
def test_nothing_is_lost_and_less_than_one_unit_is_left_over(amount, give, take):
    books, legs = converted(amount, ExchangeRate(id="r1", give=give, take=take))
    got = books.balance(CPU)
    assert got == amount * give // take
    if not legs:
        assert got == 0
        return
    used = books.balance(Key(Kind.EXCHANGE, "r1", ALPHA.unit))
    rounding = books.balance(Key(Kind.EXCHANGE, "r1" + ROUNDING, ALPHA.unit))
    assert books.balance(ALPHA) == 0
    assert used + rounding == amount
    assert got <= Fraction(used * give, take) < got + Fraction(give, take)
    assert rounding * give < take
    assert books.balance(Key(Kind.EXCHANGE, "r1", "cpu")) == -got


def test_the_legs_stand_or_fall_together_and_are_made_once():
    rate = ExchangeRate(id="2026-01:gpu-cpu", give=64, take=1)
    books, legs = converted(10, rate)
    assert {one.code for one in legs} == {TransferCode.CONVERT}
    assert (books.balance(CPU), len(books.post(legs).existing)) == (640, len(legs))
    poor = PlainBooks()
    assert poor.post(legs).accepted == ()


def test_an_amount_that_is_worth_no_whole_unit_is_not_converted():
    assert converted(1, ExchangeRate(id="r", give=1, take=2))[1] == ()


@pytest.mark.parametrize(("give", "take"), [(0, 1), (1, 0), (-1, 1)])
def test_a_rate_of_nothing_is_none(give, take):
    with pytest.raises(ValueError, match="whole positive units"):
        ExchangeRate(id="r", give=give, take=take)
