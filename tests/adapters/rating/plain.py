"""A second rating, written apart: second by second where it must, fractions, no code of ours."""

from datetime import UTC, datetime
from fractions import Fraction

DAY = 86_400


def plain_days(text, price_at, share_of):
    """Rates sacct text of epoch seconds into {(account, resource, day): four sums}.

    `price_at(resource, qos, instant)` gives microcredits an hour as a whole number.
    """
    sums = {}
    for line in text.splitlines():
        cells = line.split("|")
        if "." in cells[0] or cells[9] == "Unknown" or cells[11] == "0":
            continue
        start = int(cells[9])
        end = start + int(cells[11])
        for resource, size in plain_units(cells[13]).items():
            for low, high, price in stretches(start, end, resource, cells[5], price_at):
                key = cells[2], resource, datetime.fromtimestamp(low, UTC).date().isoformat()
                used = size * (high - low)
                cost = nearest(Fraction(used * price, 3600))
                share = share_of(cells[6].split()[0])
                parts = (used, cost, nearest(used * share), nearest(cost * share))
                before = sums.get(key, (0, 0, 0, 0))
                sums[key] = tuple(a + b for a, b in zip(before, parts, strict=True))
    return sums


def plain_units(tres):
    counts = dict(part.split("=") for part in tres.split(","))
    units = {"cpu": int(counts["cpu"])}
    typed = {k.removeprefix("gres/"): int(v) for k, v in counts.items() if "gpu:" in k}
    untyped = int(counts.get("gres/gpu", 0)) - sum(typed.values())
    return units | typed | ({"gpu": untyped} if untyped > 0 else {})


def stretches(start, end, resource, qos, price_at):
    """Splits at midnights and wherever the price changes, found quarter by quarter."""
    low, price = start, price_at(resource, qos, start)
    for at in range(start // 900 * 900 + 900, end, 900):
        now = price_at(resource, qos, at)
        if at % DAY == 0 or now != price:
            yield low, at, price
            low, price = at, now
    yield low, end, price


def nearest(value):
    return round(value)  # of a Fraction: exact, ties to even
