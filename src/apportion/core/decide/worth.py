"""What a request is worth to the objective: integer micropoints, exact, with no floats."""

from fractions import Fraction

MICROPOINTS = 1_000_000  # one point of value; six decimals of a value column are kept
EXPONENT_STEPS = 1000  # a size exponent has at most three decimals, so its root can be exact


def value_micropoints(value: Fraction) -> int:
    """Counts a stated value in micropoints, rounded down."""
    return value.numerator * MICROPOINTS // value.denominator


def merit_micropoints(*, score: Fraction, size: Fraction, exponent: Fraction) -> int:
    """Counts score * size ** exponent in micropoints, rounded down: exact for every input.

    Units: size is the ask in display units of the first resource that the request asks for.
    """
    power, root = exponent.numerator, exponent.denominator
    weight = score * MICROPOINTS
    top = weight.numerator**root * size.numerator**power
    bottom = weight.denominator**root * size.denominator**power
    return integer_root(top // bottom, root)


def points_text(micropoints: int) -> str:
    """Writes micropoints as a decimal of points, exactly."""
    return decimal_text(micropoints, 6)


def decimal_text(count: int, decimals: int) -> str:
    """Writes a count of the last of so many decimals as a decimal, exactly."""
    whole, rest = divmod(count, 10**decimals)
    return f"{whole}.{rest:0{decimals}}"


def integer_root(number: int, degree: int) -> int:
    """Finds the largest integer whose power of this degree is at most the number."""
    if number < 2 or degree == 1:
        return number
    guess = 1 << -(-number.bit_length() // degree)  # never below the root, so Newton only descends
    while True:
        better = ((degree - 1) * guess + number // guess ** (degree - 1)) // degree
        if better >= guess:
            return guess
        guess = better
