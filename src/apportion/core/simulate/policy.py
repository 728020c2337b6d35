"""Whose turn it is and what happens to what runs: the rules that a replay changes."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

WEEK = 7 * 86_400


class Order(StrEnum):
    """How the queue is ordered.

    All but `fcfs` let later jobs start early where they do not push back the first that waits.
    """

    FCFS = "fcfs"
    EASY = "easy"
    FAIR_SHARE = "fair-share"
    PRIORITY = "priority"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The rules of a scheduler.

    Units: seconds; `depth` jobs are tried behind the first that waits, 0 being all. `half_life` 0
        forgets nothing. Usage decays once a `period`. A job that is stopped keeps what it did up
        to its last `checkpoint` and runs `restart` longer.
    """

    order: Order = Order.EASY
    half_life: int = WEEK
    period: int = 300
    depth: int = 0
    checkpoint: int = 3600
    restart: int = 300
    reclaim: bool = False  # who is under its quota stops the youngest of those above theirs
    stop_lower: bool = False  # a higher class stops the youngest of the lower ones


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergency:
    """For a time one group goes first, up to an amount, and pays back afterwards.

    Units: `starts_at`, `ends_at` in the seconds of the trace; amount in processors. `payback` is
        the part of its quota that the group leaves to those who lent until nothing is owed; 0
        gives nothing back on purpose.
    """

    group: str
    starts_at: int
    ends_at: int
    amount: int
    preempt: bool = False
    payback: Fraction = Fraction(0)
    exempt: frozenset[str] = frozenset()
