"""Solves every verified way in of a decision again: it must fund, and one tick less must not."""

from collections.abc import Mapping
from typing import Any

from apportion.core.decide.counterfactual import with_setting
from apportion.core.decide.decision import Lever
from apportion.core.decide.problem import pose
from apportion.core.decide.snapshot import asks_from, policy_from
from apportion.core.decide.solve import is_funded


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
            i, lever, change = place[award["request"]], Lever(way["lever"]), way["change"]
            inside = is_funded(with_setting(problem, i, lever, change["to"]), i)
            outside = not is_funded(with_setting(problem, i, lever, change["tick_less"]), i)
            if not (inside and outside):
                said = "does not fund it" if not inside else "one tick less funds it too"
                faults.append(f"request {award['request']}: {lever.value} {change['to']}: {said}")
    return count, tuple(faults)
