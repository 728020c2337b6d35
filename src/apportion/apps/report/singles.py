"""Single decisions in the public record: whom the rule, the author and small groups let be told."""

from collections.abc import Sequence
from typing import Any

from apportion.apps.decide.history import Decided
from apportion.apps.publishing.queries import consented, rule
from apportion.core.claims.disclosure import choose_told


def write_singles(awards: Sequence[Decided]) -> dict[str, Any]:
    """Writes the decisions that may be told, and how many more were to be told and are withheld.

    Units: amounts in base units by resource.
    """
    groups: dict[str, list[str]] = {}
    for one in awards:
        groups.setdefault(f"{one.round}/{one.area}", []).append(one.request)
    chosen = choose_told(groups, consented(), rule())
    told: dict[str, dict[str, Any]] = {}
    for one in awards:
        if one.request in chosen.told:
            row = told.setdefault(
                one.request,
                {
                    "request": one.request,
                    "project": one.project,
                    "round": one.round,
                    "area": one.area,
                    "outcome": one.outcome,
                    "asked": {},
                    "awarded": {},
                },
            )
            row["asked"][one.resource] = one.asked
            row["awarded"][one.resource] = one.awarded
    return {
        "rule": rule().value,
        "told": [told[ref] for ref in chosen.told],
        "withheld": chosen.withheld,
    }
