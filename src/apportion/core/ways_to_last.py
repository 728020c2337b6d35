"""What a project can do to last until its credits end, worked out from its own jobs."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from apportion.core.forecast import Forecast

# End states in which a job's use bought nothing, as Slurm and Kueue name them.
WASTED = {
    "FAILED": "failed",
    "OUT_OF_MEMORY": "out of memory",
    "TIMEOUT": "ran into their time limit",
    "DEADLINE": "ran into their time limit",
    "CANCELLED": "cancelled",
    "NODE_FAIL": "lost to a node failure",
    "BOOT_FAIL": "lost to a node failure",
    "PREEMPTED": "preempted",
}
AVOIDABLE = frozenset({"FAILED", "OUT_OF_MEMORY", "TIMEOUT", "DEADLINE"})
SEED = re.compile(r"([-_./]?(s|seed|run|job|v)?[-_]?\d+)+$", re.IGNORECASE)
PERCENT = 100
LEAST_PERCENT = 5  # smaller savings are not worth a line


class Lever(Enum):
    """What one may change."""

    SLOW_DOWN = "slow down"
    SUPPLEMENT = "supplement"
    PAUSE = "pause"
    FEWER_FAILURES = "fewer failures"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What jobs that ended in one state used. Units: base units."""

    state: str
    jobs: int
    used: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to last. Units: amount in base units (a day for SLOW_DOWN), days gained whole.

    Shape: `what` names the jobs to pause; `lasts` says whether this way alone is enough.
    """

    lever: Lever
    amount: int
    days_gained: int
    lasts: bool
    what: str = ""
    percent: int = 0


def ways_to_last(
    *,
    balance: int,
    foretold: Forecast,
    today: date,
    ends_on: date,
    ended: Iterable[Ended],
    by_name: Mapping[str, int],
) -> tuple[Way, ...]:
    """Lists up to three ways where the likely future runs dry; none where it lasts.

    `ended` and `by_name` are what the same days' jobs used, by end state and by name.
    """
    days = (ends_on - today).days
    likely = foretold.needed[1]
    if not foretold.enough or foretold.likely_on is None or balance <= 0 or days <= 0:
        return ()
    lasts_days = (foretold.likely_on - today).days
    missing = days - lasts_days
    slow = Way(lever=Lever.SLOW_DOWN, amount=balance // days, days_gained=missing, lasts=True)
    more = Way(
        lever=Lever.SUPPLEMENT,
        amount=max(0, likely - balance),
        days_gained=missing,
        lasts=True,
    )
    saving = _saving(ended, by_name, lasts_days=lasts_days, missing=missing)
    return (slow, more, saving) if saving else (slow, more)


def wasted(ended: Iterable[Ended]) -> tuple[tuple[Ended, ...], int, int]:
    """Picks the states that bought nothing, largest first, with their use and that of all."""
    rows = list(ended)
    lost = sorted(
        (row for row in rows if state_of(row.state) in WASTED),
        key=lambda row: (-row.used, row.state),
    )
    return tuple(lost), sum(row.used for row in lost), sum(row.used for row in rows)


def state_of(state: str) -> str:
    """Gives the bare state: `CANCELLED by 1000` is CANCELLED."""
    return state.upper().split(" ", 1)[0].rstrip("+")


def family_of(name: str) -> str:
    """Names what repeated jobs have in common: `sweep-s12` and `sweep-s13` are both `sweep`."""
    return SEED.sub("", name.strip()) or name.strip()


def _saving(
    ended: Iterable[Ended], by_name: Mapping[str, int], *, lasts_days: int, missing: int
) -> Way | None:
    """Finds the larger of two savings: failures that end, or the largest family of jobs paused."""
    rows = list(ended)
    whole = sum(row.used for row in rows)
    if whole <= 0:
        return None
    failed = sum(row.used for row in rows if state_of(row.state) in AVOIDABLE)
    families: dict[str, int] = {}
    for name, used in by_name.items():
        families[family_of(name)] = families.get(family_of(name), 0) + used
    families.pop("", None)
    family, used = max(families.items(), key=lambda one: (one[1], one[0]), default=("", 0))
    if used >= whole:
        used = 0  # to pause everything is no way to last
    lever, amount, what = (
        (Lever.FEWER_FAILURES, failed, "") if failed >= used else (Lever.PAUSE, used, family)
    )
    percent = amount * PERCENT // whole
    if percent < LEAST_PERCENT:
        return None
    gained = lasts_days * amount // max(1, whole - amount)
    return Way(
        lever=lever,
        amount=amount,
        days_gained=min(gained, missing),
        lasts=gained >= missing,
        what=what,
        percent=percent,
    )
