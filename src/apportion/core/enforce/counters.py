"""The scheduler's counters, watched: one that falls without us would let credits be spent twice.

Slurm counts usage by itself and forgets: a killed slurmctld loses up to five minutes, a decay or
a reset more. What it forgot is never known exactly, but two numbers are never more than that: by
how much a counter was seen to fall, and, while nothing runs, by how much the books' settled usage
is above the counter. The larger of the two comes off the limit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from apportion.core.enforce.desired import SECONDS_PER_MINUTE
from apportion.core.ids import ProjectId, ResourceCode

Place = tuple[ProjectId, ResourceCode]


class Cause(StrEnum):
    """How it was noticed."""

    FELL = "fell"  # the counter is lower than it was
    BEHIND = "behind"  # the books know of usage that the counter does not


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """What a counter said last, and what it has forgotten since it began. Units: minutes."""

    minutes: int
    lost: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a counter says now. Units: minutes; `running` counts jobs."""

    minutes: int
    running: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A counter that fell or stayed behind without us. Units: minutes."""

    project: ProjectId
    resource: ResourceCode
    cause: Cause
    was: int
    now: int
    lost: int  # in all, since the counter began


def watch_counters(
    before: Mapping[Place, Counter],
    heard: Mapping[Place, Reading],
    settled: Mapping[Place, int],
) -> tuple[dict[Place, Counter], tuple[Alarm, ...]]:
    """Gives what is known of each counter now, and an alarm for each that lost more.

    A counter that is met for the first time began when it began: what the books know of usage
    before comes off its limit too, and is no alarm.

    Units: settled in unit-seconds of usage that the books hold.
    """
    after: dict[Place, Counter] = {}
    alarms: list[Alarm] = []
    for place, reading in sorted(heard.items()):
        known = before.get(place)
        after[place] = _watch(known, reading, settled.get(place, 0))
        if known is not None and after[place].lost > known.lost:
            fell = reading.minutes < known.minutes
            alarms.append(
                Alarm(
                    project=place[0],
                    resource=place[1],
                    cause=Cause.FELL if fell else Cause.BEHIND,
                    was=known.minutes,
                    now=reading.minutes,
                    lost=after[place].lost,
                )
            )
    return after, tuple(alarms)


def _watch(known: Counter | None, reading: Reading, settled: int) -> Counter:
    lost = known.lost + max(0, known.minutes - reading.minutes) if known else 0
    if not reading.running:  # a running job may be settled before it is counted
        lost = max(lost, settled // SECONDS_PER_MINUTE - reading.minutes)
    return Counter(minutes=reading.minutes, lost=max(0, lost))
