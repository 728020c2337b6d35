"""What a unit-second costs: by resource, by queue class, by the time of day, from a date on.

A job's price at an instant is that of the first class, in the order of the tariff, to which the
job belongs at that instant and for which the resource has a rate in force; else the rate without
a class; else nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from itertools import pairwise
from typing import NamedTuple

from apportion.core.rates import Rate, RateCard
from apportion.core.units import BASE_UNITS

DAY = 86_400
QUARTER = 900  # offsets of zones are whole quarters of an hour, and so are our hours
MINUTES_PER_DAY = 1_440
EVERY_DAY = frozenset(range(7))
WHOLE = 1_000_000  # shares are parts of a million


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueClass:
    """A kind of use with a price of its own: where a job waited, and when it runs.

    Units: hours in minutes after midnight, local time of the tariff's zone; days from Monday, 0.
    Shape: an empty set of names means any. Hours that end before they start run over midnight
        and belong to the day on which they start.
    """

    name: str
    qos: frozenset[str] = frozenset()
    queues: frozenset[str] = frozenset()
    hours: tuple[int, int] | None = None
    days: frozenset[int] = EVERY_DAY

    @property
    def names_jobs(self) -> bool:
        """Says whether only jobs of some queues belong to it."""
        return bool(self.qos or self.queues)

    @property
    def names_times(self) -> bool:
        """Says whether only some hours belong to it."""
        return self.hours is not None or self.days != EVERY_DAY

    def takes_job(self, *, queue: str, qos: str) -> bool:
        """Says whether jobs of that queue and quality of service belong to it."""
        return (not self.qos or qos in self.qos) and (not self.queues or queue in self.queues)

    def holds_at(self, local: datetime) -> bool:
        """Says whether a local time of day belongs to it."""
        low, high = self.hours or (0, MINUTES_PER_DAY)
        minute, today = local.hour * 60 + local.minute, local.weekday()
        if low < high:
            return low <= minute < high and today in self.days
        return (minute >= low and today in self.days) or (
            minute < high and (today - 1) % 7 in self.days
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """A lab's prices and its policy of refunds.

    Units: refunds in millionths of the charge, by the state in which a job ended.
    """

    card: RateCard = field(default_factory=lambda: RateCard(()))
    classes: tuple[QueueClass, ...] = ()
    class_cards: Mapping[str, RateCard] = field(default_factory=dict)
    refunds: Mapping[str, int] = field(default_factory=dict)
    zone: tzinfo = UTC

    @property
    def has_prices(self) -> bool:
        """Says whether it has any rate."""
        return any(card.rates for card in (self.card, *self.class_cards.values()))


class Stretch(NamedTuple):
    """A part of a UTC day under one price. Units: seconds of the day; microcredits for base_units."""

    low: int
    high: int
    microcredits: int
    base_units: int


FREE = Stretch(0, DAY, 0, 1)


class _Step(NamedTuple):
    starts_at: int
    microcredits: int
    base_units: int


class Prices:
    """A tariff arranged for many look-ups by resource, group of queues and UTC day."""

    def __init__(self, tariff: Tariff) -> None:
        self.tariff = tariff
        self._list = _steps(tariff.card)
        self._classes = [
            (one, _steps(tariff.class_cards.get(one.name, RateCard(())))) for one in tariff.classes
        ]
        self._moments: dict[int, tuple[tuple[int, frozenset[int]], ...]] = {}
        self._days: dict[tuple[str, int, int], tuple[Stretch, ...]] = {}
        self.resources = frozenset(self._list).union(*(steps for _, steps in self._classes))

    def queue_group(self, *, queue: str, qos: str) -> int:
        """Numbers the set of classes that take the job: bit n for the n-th class."""
        group = 0
        for at, (one, _) in enumerate(self._classes):
            group |= one.takes_job(queue=queue, qos=qos) << at
        return group

    def on(self, day: int, *, resource: str, queue_group: int = 0) -> tuple[Stretch, ...]:
        """Lists the prices of one UTC day, counted from 1970; together they are the whole day."""
        key = (resource, queue_group, day)
        found = self._days.get(key)
        if found is None:
            found = self._days[key] = self._stretches(resource, queue_group, day)
        return found

    def refund_share(self, state: str) -> int:
        """Gives the part of a charge that is given back, in millionths."""
        return self.tariff.refunds.get(state, 0)

    def _stretches(self, resource: str, group: int, day: int) -> tuple[Stretch, ...]:
        if resource not in self.resources:
            return (FREE,)
        start = day * DAY
        cards = [steps.get(resource, ()) for _, steps in self._classes]
        listed = self._list.get(resource, ())
        moments = self._moments_of(day)
        changes = {step.starts_at for steps in (listed, *cards) for step in steps}
        points = {at for at, _ in moments} | {at for at in changes if start < at < start + DAY}
        found: list[Stretch] = []
        for low, high in pairwise([*sorted(points), start + DAY]):
            open_classes = [held for at, held in moments if at <= low][-1]
            step = _in_force(listed, low)
            for at, steps in enumerate(cards):
                if group >> at & 1 and at in open_classes and (own := _in_force(steps, low)):
                    step = own
                    break
            price = (step.microcredits, step.base_units) if step else (0, 1)
            found.append(Stretch(low - start, high - start, *price))
        return tuple(_merged(found))

    def _moments_of(self, day: int) -> tuple[tuple[int, frozenset[int]], ...]:
        """Lists when in a day the classes that are open change, and which are open from then on."""
        found = self._moments.get(day)
        if found is None:
            found = self._moments[day] = tuple(self._find_moments(day * DAY))
        return found

    def _find_moments(self, start: int) -> Iterable[tuple[int, frozenset[int]]]:
        timed = [one.names_times for one, _ in self._classes]
        always = frozenset(at for at, is_timed in enumerate(timed) if not is_timed)
        before: frozenset[int] | None = None
        for at in range(start, start + DAY, QUARTER if any(timed) else DAY):
            local = datetime.fromtimestamp(at, UTC).astimezone(self.tariff.zone)
            held = always.union(
                number
                for number, (one, _) in enumerate(self._classes)
                if timed[number] and one.holds_at(local)
            )
            if held != before:
                yield at, held
            before = held


FindZone = Callable[[str], tzinfo]


def _steps(card: RateCard) -> dict[str, tuple[_Step, ...]]:
    found: dict[str, list[_Step]] = {}
    for rate in card.rates:
        found.setdefault(rate.resource, []).append(_step(rate))
    return {resource: tuple(sorted(steps)) for resource, steps in found.items()}


def _step(rate: Rate) -> _Step:
    return _Step(int(rate.starts_at.timestamp()), rate.microcredits_per_unit, BASE_UNITS[rate.unit])


def _in_force(steps: tuple[_Step, ...], at: int) -> _Step | None:
    found = None
    for step in steps:
        if step.starts_at > at:
            break
        found = step
    return found


def _merged(stretches: Iterable[Stretch]) -> Iterable[Stretch]:
    """Joins neighbours of one price, so that a change of class without one rounds nothing."""
    last: Stretch | None = None
    for stretch in stretches:
        if last is not None and last[2:] == stretch[2:]:
            last = last._replace(high=stretch.high)
            continue
        if last is not None:
            yield last
        last = stretch
    if last is not None:
        yield last
