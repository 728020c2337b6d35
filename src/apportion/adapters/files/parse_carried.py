"""Reads what areas are owed out of the decision of the round before."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from apportion.adapters.files.faults import Faults, near
from apportion.core.ids import AreaId, ResourceCode
from apportion.core.policy import Policy

SCHEMA = "apportion.decision/1"


def with_carried(policy: Policy, data: bytes, file: str) -> Policy:
    """The policy with what the round before left owed, in place of its own.

    Raises: BadInput, with every fault.
    """
    faults = Faults(file)
    owed = _owed(data, faults)
    areas = [area.id for area in policy.areas]
    carried: dict[AreaId, dict[ResourceCode, int]] = {}
    for place, held in enumerate(owed):
        area, resource, after = held.get("area"), held.get("resource"), held.get("after")
        field = f"carried[{place}]"
        if area not in areas:
            faults.add(
                what="no such area in this round",
                remedy=near(str(area), areas),
                field=f"{field}.area",
                value=area,
            )
        if resource not in policy.pool:
            faults.add(
                what="no such resource in this round",
                remedy=near(str(resource), policy.pool),
                field=f"{field}.resource",
                value=resource,
            )
        if not isinstance(after, int) or isinstance(after, bool) or after < 0:
            faults.add(
                what="not a number of base units",
                remedy="Take the file as it was written",
                field=f"{field}.after",
                value=after,
            )
        elif after:
            carried.setdefault(AreaId(str(area)), {})[ResourceCode(str(resource))] = after
    faults.stop_if_any()
    return replace(policy, carried=carried)


def _owed(data: bytes, faults: Faults) -> list[Mapping[str, Any]]:
    remedy = "Name the decision.json of the round before"
    try:
        document = json.loads(data.decode())
    except (ValueError, RecursionError):
        faults.add(what="not a decision", remedy=remedy, line=1)
        return []
    known = isinstance(document, dict) and document.get("schema") == SCHEMA
    held = document.get("carried") if known else None
    if not isinstance(held, list) or not all(isinstance(one, dict) for one in held):
        faults.add(what="not a decision that says what is owed", remedy=remedy, field="carried")
        return []
    return held
