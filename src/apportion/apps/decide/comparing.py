"""Comparisons and fairness as rows and sentences, for files and for slates alike. No tables here."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from apportion.adapters.terminal.render import Row
from apportion.core.decide.compare import Comparison, Moved, Promise
from apportion.core.decide.fairness import Fairness
from apportion.core.units import DisplayUnit, format_quantity

COMPARED = ("request", "before", "after", "resource", "amount_before", "amount_after")
TREATED = ("area", "requests", "approved", "rate", "rate_p", "mean_cut", "cut_p")
SHARED = ("area", "resource", "asked", "awarded", "promised", "of_asked", "of_awarded")
MOST_PASSED_TOLD = 5
Units = Mapping[str, DisplayUnit]


def units_of(document: Mapping[str, Any]) -> Units:
    """The display unit of each resource of a decision's round."""
    return {r["code"]: DisplayUnit(r["unit"]) for r in document["snapshot"]["policy"]["resources"]}


def compared_rows(comparison: Comparison, units: Units) -> list[Row]:
    """One row per request and resource that moves, losses first."""
    return [
        {
            "request": moved.request,
            "before": moved.before,
            "after": moved.after,
            "resource": resource,
            "amount_before": format_quantity(amount, units[resource]),
            "amount_after": format_quantity(moved.amounts_after.get(resource, 0), units[resource]),
        }
        for moved in (*comparison.losses, *comparison.gains)
        for resource, amount in sorted(moved.amounts_before.items())
    ]


def comparison_told(comparison: Comparison, units: Units) -> Iterator[str]:
    """What it comes to, in sentences."""
    yield f"{_requests(comparison.gains)} more, {_requests(comparison.losses)} less."
    if comparison.lost is None:
        yield "The two were decided by different objectives, so their values do not compare."
    elif comparison.lost > 0:
        yield f"It costs {_readable(comparison.lost)} points of value."
    elif comparison.lost < 0:
        yield f"It is worth {_readable(-comparison.lost)} points more."
    else:
        yield "It is worth the same."
    for verb, promises in (("breaks", comparison.broken), ("mends", comparison.mended)):
        for promise in promises:
            yield f"It {verb} a promise: {promise_told(promise, units)}."


def promise_told(promise: Promise, units: Units) -> str:
    """A floor with how far short it is, before and after."""
    unit = units[promise.resource]
    before, after = (format_quantity(n, unit) for n in (promise.short_before, promise.short_after))
    return f"{promise.area} is {after} {unit}s of {promise.resource} short, {before} before"


def treated_rows(report: Fairness) -> list[Row]:
    """One row per area: how many it asked, how many got something, and whether chance explains it."""
    return [
        {
            "area": a.area,
            "requests": a.requests,
            "approved": a.approved,
            "rate": f"{float(a.rate):.3f}",
            "rate_p": "" if a.approval_p is None else f"{a.approval_p:.4f}",
            "mean_cut": f"{float(a.mean_cut):.3f}",
            "cut_p": "" if a.cut_p is None else f"{a.cut_p:.4f}",
        }
        for a in report.areas
    ]


def shared_rows(report: Fairness, units: Units) -> list[Row]:
    """One row per area and resource: asked, awarded, promised, and its shares of the whole."""
    return [
        {
            "area": s.area,
            "resource": s.resource,
            "asked": format_quantity(s.asked, units[s.resource]),
            "awarded": format_quantity(s.awarded, units[s.resource]),
            "promised": format_quantity(s.promised, units[s.resource]) if s.promised else "",
            "of_asked": f"{float(s.of_all_asked):.3f}",
            "of_awarded": f"{float(s.of_all_awarded):.3f}",
        }
        for s in report.shares
    ]


def fairness_told(report: Fairness) -> Iterator[str]:
    """What the report comes to, in sentences."""
    if report.gini is not None:
        yield f"Gini of awards over asks: {float(report.gini):.3f} (0: everybody alike)."
    if report.permutations:
        yield (
            "p: how often chance alone would set an area this far apart (approvals: Fisher's exact "
            f"test; cuts: {report.permutations} permutations; Holm's for many areas)."
        )
    yield from passed_over_told(report)


def passed_over_told(report: Fairness) -> Iterator[str]:
    """Whether any group of voters was owed what got nothing, the worst first."""
    if not report.passed_over:
        yield (
            f"EJR+ up to one holds: with {report.voters} as voters, nobody's equal shares would "
            "have bought what got nothing."
        )
        return
    count = len(report.passed_over)
    requests = "request" if count == 1 else "requests"
    yield (
        f"EJR+ up to one does not hold: with {report.voters} as voters, equal shares owed somebody "
        f"{count} {requests} more."
    )
    for passed in report.passed_over[:MOST_PASSED_TOLD]:
        voters = "voter" if passed.voters == 1 else "voters"
        yield (
            f"  {passed.request}: {passed.voters} {voters} could have paid for its minimum, "
            f"and have {float(1 / passed.owed):.0%} of what their shares buy at its price."
        )
    if count > MOST_PASSED_TOLD:
        yield f"  and {count - MOST_PASSED_TOLD} more."


def points(value: Fraction) -> str:
    """Writes points with at most six decimals, exactly as they are."""
    micro = round(value * 10**6)
    sign, micro = ("-", -micro) if micro < 0 else ("", micro)
    whole, rest = divmod(micro, 10**6)
    decimals = f"{rest:06}".rstrip("0")
    return f"{sign}{whole}.{decimals}" if decimals else f"{sign}{whole}"


def grouped(amount: str) -> str:
    """Sets an amount in thousands."""
    whole, point, decimals = amount.partition(".")
    return f"{int(whole):,}{point}{decimals}"


def _readable(value: Fraction) -> str:
    """Writes points for people: whole ones, or three digits where there are fewer."""
    return f"{float(value):,.0f}" if value >= 100 else f"{float(value):.3g}"


def _requests(moved: tuple[Moved, ...]) -> str:
    return f"{len(moved)} request{'' if len(moved) == 1 else 's'} {'gets' if len(moved) == 1 else 'get'}"
