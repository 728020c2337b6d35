"""Counts anew whether approvals of an area differ from everybody's beyond chance, in integers."""

from collections.abc import Mapping
from fractions import Fraction
from math import comb
from typing import Any

from apportion.core.verify.facts import ensure

PLACES = 6
ROUNDED = Fraction(1, 10**PLACES)  # how far a printed p may lie from the exact one
MOST_REQUESTS = 20_000


def check_equity(equity: Mapping[str, Any]) -> int:
    """Checks counts, group sizes and Fisher's test with Holm's correction; gives the areas' number.

    Raises: Untrue.
    """
    rows = equity["areas"]
    for row in rows:
        whole = all(type(row[name]) is int and row[name] >= 0 for name in ("requests", "approved"))
        ensure(whole and row["approved"] <= row["requests"], f"{row['area']}: no such counts")
        small = f"{row['area']}: a group of {row['requests']} is too small to be told"
        ensure(row["requests"] >= equity["least"], small)
    if len(rows) < 2:
        ensure(all(row["approval_p"] is None for row in rows), "one area has nobody to differ from")
        return len(rows)
    count = sum(row["requests"] for row in rows)
    ensure(count <= MOST_REQUESTS, "there are too many requests to count anew")
    total = sum(row["approved"] for row in rows)
    exact = _holm([_fisher(row["approved"], row["requests"], total, count) for row in rows])
    for row, p in zip(rows, exact, strict=True):
        told = Fraction(row["approval_p"])
        ensure(abs(told - p) <= ROUNDED, f"{row['area']}: p is {float(p):.6f}, not {told}")
    return len(rows)


def _fisher(approved: int, size: int, total: int, count: int) -> Fraction:
    """Two-sided: the weight of all tables no likelier than the one seen.

    Source: Fisher's exact test.
    """
    tables = range(max(0, size + total - count), min(size, total) + 1)
    weights = [comb(total, k) * comb(count - total, size - k) for k in tables]
    seen = weights[approved - tables[0]]
    return Fraction(sum(weight for weight in weights if weight <= seen), sum(weights))


def _holm(ps: list[Fraction]) -> list[Fraction]:
    """Allows for looking at many areas, step by step from the smallest p."""
    adjusted, worst = [Fraction(0)] * len(ps), Fraction(0)
    for place, at in enumerate(sorted(range(len(ps)), key=lambda k: ps[k])):
        worst = max(worst, min(Fraction(1), (len(ps) - place) * ps[at]))
        adjusted[at] = worst
    return adjusted
