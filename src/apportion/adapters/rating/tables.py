"""The small tables beside the use: how many units of what a shape is, and what each day costs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from apportion.core.faults import BadInput, Fault
from apportion.core.meter.segments import LARGEST_SIZE
from apportion.core.meter.tariff import DAY, Prices
from apportion.core.units import BASE_UNITS

EXACT = 2**53  # doubles hold every integer below
LARGEST_PART = 2**62  # and a sum of two of these fits a column


def stretch_rows(
    prices: Prices, *, resources: Sequence[str], queue_groups: Iterable[int], days: range
) -> Iterator[tuple[int, ...]]:
    """Lists what each resource costs on each day, by its place in `resources`.

    Raises: BadInput, when a price is too high for an engine to be exact.
    """
    groups = sorted(set(queue_groups))
    for at, resource in enumerate(resources):
        for group in groups:
            for day in days:
                for part in prices.on(day, resource=resource, queue_group=group):
                    _check(part.microcredits, part.base_units, resource)
                    low, high = day * DAY + part.low, day * DAY + part.high
                    yield at, group, day, low, high, part.microcredits, part.base_units


def shape_rows(
    shapes: Mapping[str, Mapping[str, int]], *, resources: Sequence[str]
) -> Iterator[tuple[str, int, int]]:
    """Lists how many units of which resources each shape is."""
    places = {resource: at for at, resource in enumerate(resources)}
    for shape, units in shapes.items():
        for resource, size in units.items():
            yield shape, places[resource], size


def _check(microcredits: int, base_units: int, resource: str) -> None:
    largest = (LARGEST_SIZE * DAY // base_units + 1) * microcredits
    if microcredits * max(base_units, min(BASE_UNITS.values())) < EXACT and largest < LARGEST_PART:
        return
    what = f"{microcredits} microcredits for {base_units} seconds are too many to be rated exactly"
    remedy = "Use --engine python, which has no limit"
    raise BadInput([Fault(file="rates", field=resource, what=what, remedy=remedy)])
