"""Periods of the books: what happens to what is left when one is closed.

Periods follow one another without a gap and are closed in order, so one instant parts the closed
books from the open: the end of the last closed period. Nothing may take effect before it any
more. Usage that is told late is a fact all the same: it posts to the open period as `late`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from apportion.core.ids import ResourceCode, transfer_id
from apportion.core.ledger import Key, Kind, Transfer, TransferCode
from apportion.core.loans import Debt, pay_back
from apportion.core.policy import Carry
from apportion.core.refusals import Code, Refusal
from apportion.core.windows import Window, to_epoch_us

LAST_INSTANT = timedelta(microseconds=1)  # a close takes effect this long before its period ends


class PeriodState(StrEnum):
    """Where a period stands."""

    OPEN = "open"
    CLOSING = "closing"  # ordered, but the books and the accounting do not agree yet
    CLOSED = "closed"  # nothing in it changes any more


class PeriodVerb(StrEnum):
    """What may be done with a period."""

    CLOSE = "close"
    FINISH = "finish"


STEPS: dict[tuple[PeriodState, PeriodVerb], PeriodState] = {
    (PeriodState.OPEN, PeriodVerb.CLOSE): PeriodState.CLOSING,
    (PeriodState.CLOSING, PeriodVerb.CLOSE): PeriodState.CLOSING,  # taken up again
    (PeriodState.CLOSING, PeriodVerb.FINISH): PeriodState.CLOSED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A span of the books. What lapses in it goes back to the issuer's account."""

    name: str
    window: Window
    state: PeriodState
    issuer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What an account holds as its period ends. Units: base units.

    Shape: `given` is what stood in the account when the period began and came in since, usage
        left out; `held` is reserved by holds; `unexpired` was granted beyond the period's end,
        and is used last.
    """

    account: Key
    given: int
    left: int
    held: int = 0
    unexpired: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Usage of one owner and unit, as the books and as the accounting have it. Units: base units."""

    owner: str
    unit: str
    booked: int
    accounted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """A loan that falls due: what was owed, and what of it comes back now. Units: base units."""

    debt: Debt
    paid: int

    @property
    def overdue(self) -> int:
        """What the borrower could not pay."""
        return self.debt.owed - self.paid


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What becomes of what an account has left; the parts add up to `left`. Units: base units.

    Shape: `kept` is held, not yet expired, or came back from a loan; `carried` is within the
        policy's bound; `lapsed` goes back to where it was issued.
    """

    account: Key
    left: int
    kept: int
    carried: int

    @property
    def lapsed(self) -> int:
        """What the account loses."""
        return self.left - self.kept - self.carried


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """All that a close does, for a preview and for the books alike."""

    period: Period
    returns: tuple[Return, ...]
    fates: tuple[Fate, ...]
    differences: tuple[Tally, ...]  # where books and accounting do not agree: no close until mended
    legs: tuple[Transfer, ...]


def plan_close(
    period: Period,
    *,
    holdings: Iterable[Holding],
    debts: Iterable[Debt],
    tallies: Iterable[Tally],
    carry: Carry,
) -> Closing:
    """Plans the close of a period: loans come back first, then what is unused lapses.

    The plan depends on the facts alone, not on their order, and its transfers have ids that
    follow from period and account: carrying it out twice is carrying it out once.
    """
    held = {holding.account: holding for holding in holdings}
    due = [debt for debt in debts if debt.owed and debt.loan.due_at <= period.window.ends_at]
    returns, legs, moved, came_back = _return_loans(period, due, held)
    fates = tuple(
        _decide_fate(holding, moved.get(key, 0), came_back.get(key, 0), carry)
        for key, holding in sorted(held.items())
    )
    return Closing(
        period=period,
        returns=returns,
        fates=tuple(fate for fate in fates if fate.left > 0),
        differences=tuple(
            sorted(
                (tally for tally in tallies if tally.booked != tally.accounted),
                key=lambda tally: (tally.unit, tally.owner),
            )
        ),
        legs=(*legs, *(_lapse(period, fate) for fate in fates if fate.lapsed > 0)),
    )


def take_step(period: Period, verb: PeriodVerb) -> PeriodState | Refusal:
    """Says in which state a verb leaves the period.

    Refuses: WRONG_STATE.
    """
    after = STEPS.get((period.state, verb))
    if after is not None:
        return after
    return Refusal(
        code=Code.WRONG_STATE,
        subject=f"period {period.name}",
        remedy="A closed period stays as it is; correct it with a transfer in the open one.",
        numbers={"state": period.state.value, "verb": verb.value},
    )


def refuse_period(new: Period, known: Sequence[Period]) -> Refusal | None:
    """Says why a period may not be opened beside those there are.

    Refuses: ALREADY_DONE where the name is taken, OUT_OF_RANGE where it leaves a gap or overlaps.
    """
    if any(period.name == new.name for period in known):
        remedy = "Choose a name that no period has yet."
        return Refusal(code=Code.ALREADY_DONE, subject=f"period {new.name}", remedy=remedy)
    last = max((period.window.ends_at for period in known), default=None)
    if last is None or last == new.window.starts_at:
        return None
    return Refusal(
        code=Code.OUT_OF_RANGE,
        subject=f"period {new.name}",
        remedy=f"Periods follow one another: start it at {last.isoformat()}.",
        numbers={"starts_at": new.window.starts_at.isoformat()},
    )


def post_late(legs: Iterable[Transfer], *, closed_before_us: int | None) -> list[Transfer]:
    """Moves usage of a closed period to the first instant of the open one, as `late`.

    Its true time stays in the id, which begins with it, and in the charge. Everything else is
    left as it is, and refused by the books where its time is closed.
    """
    if closed_before_us is None:
        return list(legs)
    return [
        replace(leg, code=TransferCode.LATE, effective_us=closed_before_us)
        if leg.code is TransferCode.SETTLE and leg.effective_us < closed_before_us
        else leg
        for leg in legs
    ]


Returned = tuple[tuple[Return, ...], list[Transfer], dict[Key, int], dict[Key, int]]


def _return_loans(period: Period, due: Iterable[Debt], held: dict[Key, Holding]) -> Returned:
    """Pays back each loan that falls due, the earliest first, as far as its borrower can.

    Shape: the returns, their legs, what moved each account, what came back to each lender.
    """
    returns: list[Return] = []
    legs: list[Transfer] = []
    moved: dict[Key, int] = {}
    came_back: dict[Key, int] = {}
    at = period.window.ends_at - LAST_INSTANT
    for debt in sorted(due, key=lambda debt: (debt.loan.due_at, debt.loan.ref)):
        loan = debt.loan
        holding = held.get(loan.borrower)
        free = holding.left - holding.held + moved.get(loan.borrower, 0) if holding else 0
        paid = min(debt.owed, max(0, free))
        returns.append(Return(debt=debt, paid=paid))
        if not paid:
            continue
        payment = pay_back(debt, paid, key=f"close:{period.name}", at=at)
        if isinstance(payment, Refusal):
            continue
        legs += payment
        moved[loan.borrower] = moved.get(loan.borrower, 0) - paid
        moved[loan.lender] = moved.get(loan.lender, 0) + paid
        came_back[loan.lender] = came_back.get(loan.lender, 0) + paid
    return tuple(returns), legs, moved, came_back


def _decide_fate(holding: Holding, moved: int, came_back: int, carry: Carry) -> Fate:
    """Splits what is left: what came back at the very end could not be used, so it is kept."""
    left = max(0, holding.left + moved)
    kept = min(left, holding.held + holding.unexpired + came_back)
    bound = 0
    if holding.account.kind is Kind.PROJECT:
        bound = carry.bound(ResourceCode(holding.account.unit), holding.given)
    return Fate(account=holding.account, left=left, kept=kept, carried=min(left - kept, bound))


def _lapse(period: Period, fate: Fate) -> Transfer:
    account = fate.account
    pool = account.kind is Kind.POOL
    effective_us = to_epoch_us(period.window.ends_at - LAST_INSTANT)
    source = f"close:{period.name}:{account.kind}:{account.owner}:{account.unit}"
    return Transfer(
        id=transfer_id(effective_us // 1000, source),
        group=source,
        debit=account,
        credit=Key(Kind.ISSUED, account.owner if pool else period.issuer, account.unit),
        amount=fate.lapsed,
        code=TransferCode.CLOSE if pool else TransferCode.FORFEIT,
        source=source,
        note=source,
        effective_us=effective_us,
    )
