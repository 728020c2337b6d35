"""The answer as a sentence. A share is never written as the limit that it misses."""

from fractions import Fraction

from apportion.core.claims.check import Answer, Share
from apportion.core.claims.claim import ALL, Claim, Comparison
from apportion.core.units import round_half_even

MOST_DECIMALS = 6
NEED = {
    Comparison.OVER: "more than",
    Comparison.AT_LEAST: "at least",
    Comparison.LESS_THAN: "less than",
    Comparison.AT_MOST: "at most",
}


def write_answer(claim: Claim, answer: Answer) -> str:
    """Says whether the claim holds, with its number and where that came from."""
    share = answer.main.share
    if share is None:
        return f"Nobody can say: {answer.missing[0]}."
    word = {True: "Yes", False: "No", None: "Nobody can say for sure"}[answer.main.holds]
    what = "all resources" if claim.resource == ALL else claim.resource
    number = write_percent(share.value, claim.limit)
    between = _between(share, claim.limit)
    return (
        f"{word}. It is {number}{between} of {what} {claim.measure} in {claim.period}"
        f"{_since(answer, claim)}; {NEED[claim.comparison]} "
        f"{write_percent(claim.limit, claim.limit)} was claimed."
    )


def write_percent(share: Fraction, limit: Fraction) -> str:
    """Writes a share in whole per cent, with decimals where it would else read as the limit."""
    for decimals in range(MOST_DECIMALS + 1):
        written = _decimal(share, decimals)
        if share == limit or written != _decimal(limit, decimals):
            return f"{written}%"
    return f"{share} (all but {limit})"


def _decimal(share: Fraction, decimals: int) -> str:
    scaled = round_half_even(share.numerator * 100 * 10**decimals, share.denominator)
    whole, rest = divmod(scaled, 10**decimals)
    return f"{whole}.{rest:0{decimals}}".rstrip("0").rstrip(".") if decimals else str(whole)


def _between(share: Share, limit: Fraction) -> str:
    if not share.unknown:
        return ""
    low, high = (write_percent(end, limit) for end in (share.low, share.high))
    return f" (between {low} and {high})" if low != high else ""


def _since(answer: Answer, claim: Claim) -> str:
    known = [(span, share) for span, share in answer.trend if share.unknown * 10 <= share.whole]
    if not known or answer.main.share is None:
        return ""
    span, first = known[0]  # a span that was hardly metered is no start to compare with
    was, now = first.value, answer.main.share.value
    if write_percent(was, claim.limit) == write_percent(now, claim.limit):
        return ""
    way = "down" if now < was else "up"
    return f", {way} from {write_percent(was, claim.limit)} in {span}"
