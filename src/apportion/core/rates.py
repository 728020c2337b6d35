"""Rate cards: what a unit-second of each resource costs, dated and exact."""

from dataclasses import dataclass
from datetime import datetime

from apportion.core.faults import BadInput, Fault
from apportion.core.ids import ResourceCode
from apportion.core.units import BASE_UNITS, DisplayUnit, round_half_even


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """The price of one resource from an instant on, until the next rate of that resource.

    Units: microcredits for one display unit (an hour, a week, an item), so that prices
    such as 1.2 credits an hour stay exact where a price a second would not.
    """

    resource: ResourceCode
    unit: DisplayUnit
    microcredits_per_unit: int
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class RateCard:
    """All rates of a lab; at any instant at most one rate holds for a resource."""

    rates: tuple[Rate, ...]

    def __post_init__(self) -> None:
        seen: set[tuple[str, datetime]] = set()
        for rate in self.rates:
            key = (rate.resource, rate.starts_at)
            if key in seen:
                raise BadInput([_doubled(rate)])
            seen.add(key)

    def at(self, resource: str, instant: datetime) -> Rate | None:
        """Finds the rate in force at an instant, or None before the first."""
        in_force = [r for r in self.rates if r.resource == resource and r.starts_at <= instant]
        return max(in_force, key=lambda r: r.starts_at, default=None)

    def price(self, resource: str, base_units: int, instant: datetime) -> int:
        """Prices an amount at the rate in force, in microcredits, ties to even.

        Units: base_units are unit-seconds (or items); a resource without a rate costs nothing.
        """
        rate = self.at(resource, instant)
        if rate is None:
            return 0
        return round_half_even(base_units * rate.microcredits_per_unit, BASE_UNITS[rate.unit])


def _doubled(rate: Rate) -> Fault:
    return Fault(
        file="rate card",
        field=rate.resource,
        value=rate.starts_at.isoformat(),
        what="two rates start at the same instant",
        remedy="Keep one of them",
    )
