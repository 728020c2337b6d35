"""The preview of a directive as JSON facts and as text for those who sign."""

from typing import Any

from apportion.adapters.files.render_replay import fidelity_facts, fidelity_lines, span
from apportion.core.simulate.preview import Change, Preview, Variant

HOUR = 3600
MOST_SHOWN = 20


def preview_facts(told: Preview) -> dict[str, Any]:
    """Gives the preview as plain facts. Units: seconds, processors, processor-seconds."""
    directive = told.directive
    return {
        "schema": "apportion.preview/1",
        "directive": {
            "name": directive.name,
            "declared_by": directive.declared_by,
            "purpose": directive.purpose,
            "to": directive.group,
            "amount": directive.amount,
            "lent": directive.lent,
            "from": directive.starts_at,
            "until": directive.ends_at,
            "mode": "preempt" if directive.preempt else "drain",
            "payback_rate": str(directive.payback),
            "signers": list(directive.signers),
            "exempt": list(directive.exempt),
            "staff_weeks": str(directive.staff_weeks),
        },
        "groups": [_change(each) for each in told.changes],
        "losers": [each.group for each in told.losers],
        "as_declared": _variant(told.chosen),
        "preemptions": told.preemptions,
        "finish_by": directive.finish_by,
        "finished_at": told.finished_at,
        "smallest_amount": told.smallest,
        "if_demand_stays_high": {
            "repaid_at": told.repaid_if_demand_stays,
            "owed_seconds": told.owed_if_demand_stays,
        },
        "alternatives": [_variant(each) for each in told.alternatives],
        "fidelity": fidelity_facts(told.fidelity),
    }


def preview_text(told: Preview) -> str:
    """Writes the price for a terminal: who gains, who pays, how much later, and when it is over."""
    directive = told.directive
    how = "stopping jobs" if directive.preempt else "letting jobs end"
    lines = [
        (
            f"{directive.name}: {directive.amount:,} processors for {directive.group}, "
            f"{directive.lent:,} of them lent, over "
            f"{span(directive.ends_at - directive.starts_at)}, by {how}."
        ),
        "",
        *_table(told),
        "",
        f"{told.preemptions:,} stops, {told.chosen.lost / HOUR:,.1f} processor-hours lost to them.",
        *_losers(told),
        _payback("Payback", told.chosen.repaid_at, told.chosen.owed, directive.ends_at),
        _payback(
            "If demand stays high",
            told.repaid_if_demand_stays,
            told.owed_if_demand_stays,
            directive.ends_at,
        ),
        *_smallest(told),
        "",
        "Instead:",
        *(f"  {_words(each)}" for each in (told.chosen, *told.alternatives)),
        "",
        *fidelity_lines(told.fidelity),
    ]
    if directive.staff_weeks:
        lines.insert(1, f"It also takes {float(directive.staff_weeks):g} weeks of staff.")
    return "\n".join(lines)


def _table(told: Preview) -> list[str]:
    shown = [each for each in told.changes if each.jobs or each.moved][:MOST_SHOWN]
    width = max([5, *(len(each.group) for each in shown)])
    lines = [
        f"{'Group':<{width}}  {'Wait now':>14}  {'Wait then':>14}  {'Hours moved':>13}  {'Lent':>11}"
    ]
    lines += [
        f"{each.group or '(none)':<{width}}  {_wait(each.wait_without):>14}  "
        f"{_wait(each.wait_with):>14}  {each.moved / HOUR:>+13,.1f}  {each.lent / HOUR:>11,.1f}"
        for each in shown
    ]
    if len(told.changes) > len(shown):
        lines.append(f"and {len(told.changes) - len(shown)} more groups")
    return lines


def _losers(told: Preview) -> list[str]:
    if not told.directive.minimums:
        return ["No minimums were named, so who falls under one cannot be told."]
    if not told.losers:
        return ["Nobody falls under a minimum that would have been met."]
    return [
        f"{each.group} falls under its minimum: {each.got_with / HOUR:,.1f} of "
        f"{(each.minimum or 0) / HOUR:,.1f} processor-hours, {each.got_without / HOUR:,.1f} without."
        for each in told.losers
    ]


def _payback(name: str, repaid_at: int | None, owed: int, ends_at: int) -> str:
    if repaid_at is not None:
        return f"{name}: complete {span(repaid_at - ends_at)} after the end."
    if owed:
        return (
            f"{name}: not complete when the jobs end; {owed / HOUR:,.1f} processor-hours are owed."
        )
    return f"{name}: nothing was borrowed from anybody who waited under their quota."


def _smallest(told: Preview) -> list[str]:
    by = told.directive.finish_by
    if by is None:
        return []
    if told.smallest is not None:
        lent = max(0, told.smallest - told.directive.quota)
        return [
            f"The smallest amount that meets the date is {told.smallest:,} processors, {lent:,} lent."
        ]
    late = 0 if told.finished_at is None else told.finished_at - by
    return [f"The date is not met: the last job ends {span(max(late, 0))} late."]


def _words(each: Variant) -> str:
    return (
        f"{each.name}: its wait {_wait(each.wait)}, that of others {_wait(each.wait_of_others)}, "
        f"{each.lost / HOUR:,.1f} hours lost, {each.owed / HOUR:,.1f} still owed"
    )


def _wait(seconds: float | None) -> str:
    return "no jobs" if seconds is None else span(seconds)


def _change(each: Change) -> dict[str, Any]:
    return {
        "group": each.group,
        "jobs": each.jobs,
        "wait_without": _rounded(each.wait_without),
        "wait_with": _rounded(each.wait_with),
        "median_wait_without": _rounded(each.median_without),
        "median_wait_with": _rounded(each.median_with),
        "got_without_seconds": each.got_without,
        "got_with_seconds": each.got_with,
        "moved_seconds": each.moved,
        "minimum_seconds": each.minimum,
        "falls_short": each.falls_short,
        "lost_seconds": each.lost,
        "lent_seconds": each.lent,
        "owed_seconds": each.owed,
    }


def _variant(each: Variant) -> dict[str, Any]:
    return {
        "name": each.name,
        "amount": each.amount,
        "mode": "preempt" if each.preempt else "drain",
        "until": each.ends_at,
        "wait": _rounded(each.wait),
        "wait_of_others": _rounded(each.wait_of_others),
        "lost_seconds": each.lost,
        "repaid_at": each.repaid_at,
        "owed_seconds": each.owed,
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
