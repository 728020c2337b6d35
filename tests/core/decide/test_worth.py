"""What a request is worth is an exact integer."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from apportion.core.decide.worth import integer_root, merit_micropoints, value_micropoints


@given(st.integers(0, 10**60), st.integers(1, 30))
def test_a_root_is_the_largest_whose_power_fits(number, degree):
    root = integer_root(number, degree)
    assert root**degree <= number < (root + 1) ** degree


@given(st.integers(0, 500), st.integers(1, 10**7), st.integers(0, 200))
def test_merit_agrees_with_floating_point_as_far_as_that_goes(score, size, exponent):
    exact = merit_micropoints(
        score=Fraction(score, 100), size=Fraction(size), exponent=Fraction(exponent, 100)
    )
    approximate = score / 100 * size ** (exponent / 100) * 10**6
    assert abs(exact - approximate) <= 1 + approximate * 1e-9


def test_a_value_keeps_six_decimals_and_drops_the_rest():
    assert value_micropoints(Fraction("3.1415926535")) == 3_141_592


def test_size_counts_for_nothing_when_the_exponent_is_nought():
    small, large = (
        merit_micropoints(score=Fraction(4), size=Fraction(size), exponent=Fraction(0))
        for size in (1, 10**6)
    )
    assert small == large == 4_000_000
