"""Solves every verified way in of a decision again: it must fund, and one tick less must not."""

from collections.abc import Mapping
from typing import Any

from apportion.core.decide.decision import Lever
from apportion.core.decide.levers import at_setting
from apportion.core.decide.problem import Problem, pose
from apportion.core.decide.snapshot import asks_from, policy_from
from apportion.core.decide.solve import settle


def recheck_ways_in(document: Mapping[str, Any]) -> tuple[int, tuple[str, ...]]:
    """Counts the verified ways in of a decision document, and tells those that are not true."""
    snapshot = document["snapshot"]
    problem = pose(policy_from(snapshot), asks_from(snapshot))
    place = {ask.id: i for i, ask in enumerate(problem.asks)}
    count, faults = 0, []
    for award in document["awards"]:
        for way in award["counterfactuals"]:
            if not way["verified"]:
                continue
            count += 1
            fault = fault_of(problem, place[award["request"]], Lever(way["lever"]), way["change"])
            if fault:
                faults.append(f"request {award['request']}: {way['lever']}: {fault}")
    return count, tuple(faults)


def fault_of(problem: Problem, i: int, lever: Lever, change: Mapping[str, Any]) -> str:
    """What is untrue about a way in; a lever without ticks is held against the round as it is."""
    if not _is_funded(problem, i, lever, change):
        return f"{change.get('to', dict(change))} does not fund it"
    if "tick_less" not in change:
        return "it is funded as it is" if settle(problem)[1].taken[i] else ""
    less = {**change, "to": change["tick_less"]}
    return (
        f"{change['tick_less']}, one tick less, funds it too"
        if _is_funded(problem, i, lever, less)
        else ""
    )


def _is_funded(problem: Problem, i: int, lever: Lever, setting: Mapping[str, Any]) -> bool:
    changed, place = at_setting(problem, i, lever, setting)
    taken = settle(changed)[1].taken[place]
    return taken == changed.steps[place] if setting.get("aim") == "full" else taken > 0
