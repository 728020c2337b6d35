"""Estimates and comparisons as JSON facts and as text for people."""

import textwrap
from collections.abc import Sequence
from typing import Any

from apportion.core.evidence.claim import Claim, ClaimKind
from apportion.core.evidence.estimate import Estimate, Shown, Verdict
from apportion.core.evidence.portfolio import Found
from apportion.core.evidence.problems import Problem
from apportion.core.units import format_credits

HEADLINES = {
    Verdict.SUFFICIENT: "Sufficient: the answer will be clear.",
    Verdict.UNDERPOWERED: "Underpowered: too small to settle the claim.",
    Verdict.PILOT_NEEDED: "A pilot is needed first.",
    Verdict.NOT_ESTIMABLE: "Not estimable as it stands.",
}


def estimate_facts(found: Estimate, claim: Claim) -> dict[str, Any]:
    """Gives the estimate as plain facts; what is not known is null, never a number."""
    amounts = (
        ("low", found.low),
        ("point", found.credits),
        ("high", found.high),
        ("expected", found.expected),
    )
    return {
        "schema": "apportion.estimate/1",
        "verdict": found.verdict.value,
        "problems": [_problem(problem) for problem in found.problems],
        "claim": {
            "kind": claim.kind.value,
            "metric": claim.metric,
            "unit": claim.unit,
            "effect": claim.effect,
            "arms": list(claim.arms),
        },
        "credits": {
            name: None if amount is None else format_credits(amount) for name, amount in amounts
        },
        **_needed(found, claim),
        "forecast": _forecast(found),
        "at": [_shown(one) for one in found.shown],
        "curve": [_shown(one) for one in found.curve],
        "assumptions": list(found.assumptions),
        "warnings": list(found.warnings),
        "provenance": {
            "jobs": list(found.jobs),
            "inputs_sha256": found.inputs_sha256,
            "version": found.version,
        },
    }


def estimate_text(found: Estimate, claim: Claim, *, width: int) -> str:
    """Writes the estimate for a terminal: the verdict, the three numbers, what they rest on."""
    lines = [HEADLINES[found.verdict]]
    lines += [_wrap(str(problem), width) for problem in found.problems]
    if found.needs is not None and found.credits is not None:
        lines += ["", *_three_numbers(found, claim)]
    if found.assumptions:
        lines += ["", "Taken for granted:", *(_wrap(each, width) for each in found.assumptions)]
    if found.warnings:
        lines += ["", "To look at:", *(_wrap(each, width) for each in found.warnings)]
    return "\n".join(lines)


def portfolio_facts(found: Sequence[Found]) -> list[dict[str, Any]]:
    """Gives the comparison as plain facts."""
    return [
        {
            "rule": one.rule.value,
            "budget": one.budget,
            "score_noise": one.score_noise,
            "true_finds": round(one.true_finds, 4),
            "false_discovery_rate": round(one.false_rate, 4),
            "spent": round(one.spent, 2),
        }
        for one in found
    ]


def portfolio_text(found: Sequence[Found]) -> str:
    """Writes the comparison as a table, the best of each budget marked, thin splits included."""
    lines = [f"{'Score noise':>11}  {'Budget':>6}  {'True finds':>10}  {'False':>5}  Rule"]
    for one in found:
        rivals = [r for r in found if (r.budget, r.score_noise) == (one.budget, one.score_noise)]
        best = one.true_finds == max(r.true_finds for r in rivals)
        lines.append(
            f"{one.score_noise:>11g}  {one.budget:>6}  {one.true_finds:>10.2f}  "
            f"{one.false_rate:>5.0%}  {one.rule.value}{' *' if best else ''}"
        )
    return "\n".join([*lines, "* most true finds at that budget"])


def _three_numbers(found: Estimate, claim: Claim) -> list[str]:
    needs = found.needs
    if needs is None or None in {found.low, found.credits, found.high, found.expected}:
        return []
    low, point, high, expected = (
        format_credits(amount or 0)
        for amount in (found.low, found.credits, found.high, found.expected)
    )
    see = (
        f"To see {claim.effect:g} {claim.unit}: {point} credits ({low} to {high}), "
        f"{needs.assured} runs of each arm; {expected} on average with {needs.looks} looks."
    )
    lines = [see]
    for one in found.shown:
        least = "no effect at all" if one.detectable is None else f"{one.detectable:.3g} at best"
        lines.append(
            f"With the {one.name}, {format_credits(one.microcredits)} credits: {one.runs} runs "
            f"of each arm, power {one.power:.0%}, can show {least}; "
            f"a finding would be true with {one.predictive:.0%}."
        )
    return lines


def _problem(problem: Problem) -> dict[str, str]:
    return {
        "code": problem.code.value,
        "field": problem.field,
        "text": problem.text,
        "value": problem.value,
        "remedy": problem.remedy,
    }


def _needed(found: Estimate, claim: Claim) -> dict[str, Any]:
    needs = found.needs
    if needs is None:
        return {"runs": None, "spread": None}
    by_rank = claim.kind is ClaimKind.COMPARE_PROB  # needs no spread
    return {
        "runs": {
            "plug_in": needs.plug_in,
            "assured": needs.assured,
            "expected": round(needs.expected, 2),
            "looks": needs.looks,
        },
        "spread": None
        if by_rank
        else {"pilot": needs.spread, "upper": needs.upper, "freedom": needs.freedom},
    }


def _forecast(found: Estimate) -> dict[str, Any] | None:
    told = found.forecast
    if told is None:
        return None
    return {
        "loss": told.loss,
        "low": told.low,
        "high": told.high,
        "half_width": told.half_width,
        "reach": told.reach,
        "E": told.law.floor,
        "factors": list(told.law.factors),
        "exponents": list(told.law.exponents),
    }


def _shown(one: Shown) -> dict[str, Any]:
    return {
        "name": one.name,
        "credits": format_credits(one.microcredits),
        "runs": one.runs,
        "power": one.power,
        "predictive": one.predictive,
        "detectable": one.detectable,
    }


def _wrap(words: str, width: int) -> str:
    return textwrap.fill(words, width=width, initial_indent="  ", subsequent_indent="    ")
