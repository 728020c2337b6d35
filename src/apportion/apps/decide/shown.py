"""What the board's pages show: the plan around the line, what is pinned, what moving would bring.

No tables here: the facts come from queries, and a decision comes from the engine alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from apportion.apps.decide.comparing import Units, compared_rows, comparison_told, grouped
from apportion.apps.decide.outlook import Lot
from apportion.core.decide.compare import Comparison
from apportion.core.decide.overrides import PINS, Moved, Override, is_pin
from apportion.core.decide.snapshot import policy_from
from apportion.core.policy import Policy

PINNED = {
    Moved.IN: "Put in",
    Moved.FULL: "Put in",
    Moved.MINIMUM: "Held to minimum",
    Moved.OUT: "Put out",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One row of the board. Units: `line` in base units: the line that lies just below it."""

    lot: Lot
    line: int
    pin: str = ""
    why: str = ""  # the board's words where it moved the request


def place_lots(lots: Sequence[Lot], overrides: Sequence[Override]) -> tuple[Placed, ...]:
    """Lays the rows out with what is pinned, and with the line that would include each."""
    pins = {one.owner: one for one in overrides if one.moved in PINS}
    found, at = [], 0
    for lot in lots:
        at += lot.given if lot.fits else lot.minimum
        pin = pins.get(lot.row.ref)
        found.append(
            Placed(
                lot=lot,
                line=at,
                pin=PINNED[pin.moved] if pin else "",
                why=pin.why if pin else "",
            )
        )
    return tuple(found)


def policy_moved(document: Mapping[str, Any]) -> Policy:
    """The rules that a slate was decided by, with the line, floors and caps as the board moved them."""
    policy = policy_from(document["snapshot"])
    return replace(
        policy,
        areas=tuple(area for area in policy.areas if not is_pin(area.id)),
        groups=tuple(group for group in policy.groups if not is_pin(group.id)),
    )


def engine_gave(slate: Any, others: Sequence[Any], resource: str) -> int | None:
    """Finds what the engine's own plan awards of a resource, which a slate was moved from."""
    known = {other.pk: other for other in others}
    at = slate
    while at is not None and at.made_from_id is not None:
        at = known.get(at.made_from_id)
    return int(at.given.get(resource, 0)) if at is not None and at.given else None


def compared(comparison: Comparison, units: Units, titles: Mapping[str, str]) -> dict[str, Any]:
    """A comparison as the templates show it: requests by their titles, amounts to be read."""
    rows = [
        {
            **line,
            "title": titles.get(str(line["request"]), line["request"]),
            "amount_before": grouped(str(line["amount_before"])),
            "amount_after": grouped(str(line["amount_after"])),
        }
        for line in compared_rows(comparison, units)
    ]
    return {"told": list(comparison_told(comparison, units)), "rows": rows}
