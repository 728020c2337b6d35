"""Charges against what an account holds: a job that ran is a fact, its excess is visible."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


class Due(NamedTuple):
    """What one charge asks of an account. Units: base units; ended_at in epoch seconds."""

    ended_at: int
    key: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """How charges were paid, in time order.

    Shape: `splits` holds (key, from the account, from overrun) of each charge. `dry_at` is
        when the charge ended that first left nothing, or None while something is left.
    """

    splits: tuple[tuple[str, int, int], ...]
    balance: int
    overrun: int
    dry_at: int | None


def settle(dues: Iterable[Due], *, balance: int) -> Settlement:
    """Pays charges in the order in which they ended, as far as the balance goes.

    Admission may refuse, settlement may not: what the balance cannot pay goes to overrun. An
    account's balance after all is the same whatever order the charges came in.
    """
    splits: list[tuple[str, int, int]] = []
    left, overrun = max(0, balance), 0
    dry_at: int | None = None
    for due in sorted(dues):
        paid = min(left, due.amount)
        left -= paid
        overrun += due.amount - paid
        if left == 0 and dry_at is None:
            dry_at = due.ended_at
        splits.append((due.key, paid, due.amount - paid))
    return Settlement(splits=tuple(splits), balance=left, overrun=overrun, dry_at=dry_at)
