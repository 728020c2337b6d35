"""One tariff after the other: each holds from the first instant of a UTC day until the next does."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from apportion.core.meter.tariff import Prices, Stretch, Tariff

UNIX_DAY = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A tariff and the UTC day from which it holds."""

    starts_on: date
    tariff: Tariff

    @property
    def day(self) -> int:
        """Counts its first day from 1970, as prices do."""
        return self.starts_on.toordinal() - UNIX_DAY


class DatedPrices(Prices):
    """The prices of several tariffs in turn, and those of `first` before any of them.

    A group of queues stands for the classes that take a job under each of the tariffs, so that a
    job that runs over a change is priced on each day by the tariff of that day.
    """

    def __init__(self, first: Tariff, later: Sequence[Dated]) -> None:
        super().__init__(first)
        ordered = sorted(later, key=lambda one: one.day)  # of one day, the last that is given
        self._starts = [one.day for one in ordered]
        self._parts = [Prices(first), *(Prices(one.tariff) for one in ordered)]
        self._groups: dict[tuple[int, ...], int] = {}
        self._members: list[tuple[int, ...]] = []
        self._number((0,) * len(self._parts))
        self.resources = self.resources.union(*(part.resources for part in self._parts))

    def queue_group(self, *, queue: str, qos: str) -> int:
        """Numbers the classes that take the job under each of the tariffs."""
        return self._number(tuple(part.queue_group(queue=queue, qos=qos) for part in self._parts))

    def on(self, day: int, *, resource: str, queue_group: int = 0) -> tuple[Stretch, ...]:
        """Lists the prices of one UTC day, by the tariff that holds on it."""
        at = bisect_right(self._starts, day)
        group = self._members[queue_group][at]
        return self._parts[at].on(day, resource=resource, queue_group=group)

    def refund_share(self, state: str) -> int:  # noqa: ARG002  the signature of Prices
        """Gives nothing: what is given back depends on the day, see Refunds."""
        return 0

    def _number(self, groups: tuple[int, ...]) -> int:
        found = self._groups.get(groups)
        if found is None:
            found = self._groups[groups] = len(self._members)
            self._members.append(groups)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Refunds:
    """What the site gives back by how a job ended: its usual shares, and those of dated tariffs.

    Units: millionths of what was charged. A tariff that names no refunds leaves the usual ones.
    """

    usual: Mapping[str, int]
    later: tuple[Dated, ...] = ()

    def on(self, day: date) -> Mapping[str, int]:
        """Finds the shares for a job that ended on a UTC day."""
        held = [one for one in self.later if one.starts_on <= day]
        latest = max(held, key=lambda one: one.starts_on, default=None)
        return latest.tariff.refunds or self.usual if latest else self.usual

    def may_hold(self, state: str) -> bool:
        """Says whether any day gives something back for that end."""
        return any(
            one.get(state) for one in (self.usual, *(each.tariff.refunds for each in self.later))
        )
