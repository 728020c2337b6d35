"""Accounts: what they stand for, how they are named, and what they hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What an account stands for, and so whether it may fall below zero."""

    ISSUED = "issued"  # where pools come from; its debt is all that was ever issued
    POOL = "pool"
    PROJECT = "project"
    CONSUMED = "consumed"
    OVERRUN = "overrun"  # settlement may not refuse: what a project used beyond its balance
    SUSPENSE = "suspense"  # usage whose project is not known yet
    LOAN = "loan"  # what of a loan is still owed: returns to zero, and not below
    EXCHANGE = "exchange"  # one leg of a conversion ends here and the other begins, per rate

    @property
    def floor(self) -> int | None:
        """The smallest balance allowed, or None where there is no limit."""
        return 0 if self in {Kind.POOL, Kind.PROJECT, Kind.CONSUMED, Kind.LOAN} else None


class Key(NamedTuple):
    """Names an account: `Key(Kind.PROJECT, "depth-recurrent", "gpu:h100")`."""

    kind: Kind
    owner: str
    unit: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.owner} ({self.unit})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """The four counters of an account, which only grow but for the pending two. Units: base units."""

    debits: int = 0
    credits: int = 0
    debits_pending: int = 0  # held: promised to another account and not yet taken
    credits_pending: int = 0

    @property
    def balance(self) -> int:
        """Credits less debits, holds left out."""
        return self.credits - self.debits

    @property
    def available(self) -> int:
        """What may still be spent: the balance less what is held."""
        return self.balance - self.debits_pending

    def plus(self, change: "Counters") -> "Counters":
        """Adds what a batch did."""
        return Counters(
            debits=self.debits + change.debits,
            credits=self.credits + change.credits,
            debits_pending=self.debits_pending + change.debits_pending,
            credits_pending=self.credits_pending + change.credits_pending,
        )


NOTHING = Counters()


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account as it stands."""

    key: Key
    floor: int | None
    counters: Counters = NOTHING
    closed: bool = False


def new_account(key: Key) -> Account:
    """Gives the account as it opens."""
    return Account(key=key, floor=key.kind.floor)


def total_by_unit(balances: Iterable[tuple[Key, int]]) -> dict[str, int]:
    """Sums all balances of each unit; in sound books every sum is zero."""
    totals: dict[str, int] = {}
    for key, balance in balances:
        totals[key.unit] = totals.get(key.unit, 0) + balance
    return totals
