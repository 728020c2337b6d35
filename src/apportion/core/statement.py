"""Statements: what an account held before a window, what moved it inside, what it held after.

Every window is half-open, so the closing balance of one is the opening balance of the next.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from apportion.core.ledger import Key, TransferCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One posted transfer as one of its two accounts sees it. Units: base units, in positive."""

    seq: int
    id: bytes
    effective_at: datetime
    recorded_at: datetime
    code: TransferCode
    amount: int
    other: Key
    note: str

    @property
    def size(self) -> int:
        """Gives the amount without its sign."""
        return abs(self.amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A movement with the balance that it leaves."""

    movement: Movement
    balance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """From when until when a statement counts, half-open; None is without end.

    `recorded_before` leaves out what the books did not know yet at that instant.
    """

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    recorded_before: datetime | None = None

    def __post_init__(self) -> None:
        both = self.starts_at is not None and self.ends_at is not None
        if both and self.starts_at >= self.ends_at:  # type: ignore[operator]  # neither is None
            raise ValueError("a window ends after it starts")

    def hold(self, movement: Movement) -> bool:
        """Says whether the movement belongs into the statement."""
        after = self.starts_at is None or movement.effective_at >= self.starts_at
        before = self.ends_at is None or movement.effective_at < self.ends_at
        return after and before and self.knew(movement)

    def knew(self, movement: Movement) -> bool:
        """Says whether the books held the movement by then."""
        return self.recorded_before is None or movement.recorded_at < self.recorded_before


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """An account over a window, or one page of it: opening + rows = closing.

    Shape: `before` is the sum of the rows that stand in the window ahead of those shown, and
        `after` of those behind, so a page still adds up to the whole.
    """

    account: Key
    bounds: Bounds
    opening: int
    rows: tuple[Row, ...]
    before: int = 0
    after: int = 0

    @property
    def closing(self) -> int:
        """What the account held at the end of the window."""
        shown = sum(row.movement.amount for row in self.rows)
        return self.opening + self.before + shown + self.after


def lay_out(
    account: Key,
    *,
    bounds: Bounds,
    opening: int,
    movements: Iterable[Movement],
    before: int = 0,
    after: int = 0,
) -> Statement:
    """Puts movements that stand in order under their running balances."""
    chosen = tuple(movements)
    amounts = (movement.amount for movement in chosen)
    balances = tuple(accumulate(amounts, initial=opening + before))[1:]
    return Statement(
        account=account,
        bounds=bounds,
        opening=opening,
        rows=tuple(
            Row(movement=movement, balance=balance)
            for movement, balance in zip(chosen, balances, strict=True)
        ),
        before=before,
        after=after,
    )


def replay(account: Key, movements: Iterable[Movement], *, bounds: Bounds) -> Statement:
    """Makes the statement from every movement that the account ever had, in whatever order."""
    known = [movement for movement in movements if bounds.knew(movement)]
    starts_at = bounds.starts_at
    earlier = (m.amount for m in known if starts_at is not None and m.effective_at < starts_at)
    inside = [movement for movement in known if bounds.hold(movement)]
    inside.sort(key=lambda movement: (movement.effective_at, movement.seq))
    return lay_out(account, bounds=bounds, opening=sum(earlier), movements=inside)
