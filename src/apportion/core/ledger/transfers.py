"""Transfers: one positive integer amount from one account to another of the same unit."""

from dataclasses import dataclass, replace
from enum import StrEnum

from apportion.core.ids import transfer_id
from apportion.core.ledger.accounts import Key


class TransferCode(StrEnum):
    """Why a transfer was made."""

    OPEN = "open"
    GRANT = "grant"
    SETTLE = "settle"
    REFUND = "refund"
    REVERSE = "reverse"  # undoes one transfer, once and exactly
    HOLD = "hold"  # promises an amount until it is posted, voided or expires
    VOID = "void"  # releases a hold
    EXPIRE = "expire"  # releases a hold whose time is over
    REDIRECT = "redirect"
    PAYBACK = "payback"
    FORFEIT = "forfeit"
    CONVERT = "convert"
    CLOSE = "close"
    LATE = "late"  # usage of a closed period, posted in the open one

    @property
    def number(self) -> int:
        """Stands for the code in rows and leaves; never reused."""
        return NUMBERS[self]


NUMBERS = {code: number for number, code in enumerate(TransferCode, start=1)}
BY_NUMBER = {number: code for code, number in NUMBERS.items()}
RELEASES = frozenset({TransferCode.VOID, TransferCode.EXPIRE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """One leg. Adjacent legs that share a group are taken together or not at all.

    `about` names the hold that this resolves or the transfer that it reverses. A `balancing`
    transfer takes as much of its amount as the debited account can give. `source` names the
    transfer in a refusal; `note` is kept, and may be erased.
    Units: amount in base units; instants in epoch microseconds.
    """

    id: bytes
    debit: Key
    credit: Key
    amount: int
    code: TransferCode
    effective_us: int
    group: str = ""
    about: bytes | None = None
    expires_us: int = 0  # of a hold: from this instant on it cannot be posted
    balancing: bool = False
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A transfer as it stands in the books, with its place and what became of it."""

    seq: int
    leg: int  # 0 alone, else its place in its group from 1
    transfer: Transfer
    resolved: bool = False  # a hold was posted, voided or has expired; another was reversed


def reversal(of: Transfer, *, effective_us: int, note: str = "") -> Transfer:
    """Makes the exact mirror of a transfer; the ledger takes it once."""
    source = f"reverse:{of.id.hex()}"
    return Transfer(
        id=transfer_id(effective_us // 1000, source),
        debit=of.credit,
        credit=of.debit,
        amount=of.amount,
        code=TransferCode.REVERSE,
        effective_us=effective_us,
        about=of.id,
        source=source,
        note=note,
    )


def post_hold(
    hold: Transfer, *, amount: int, code: TransferCode, effective_us: int, note: str = ""
) -> Transfer:
    """Takes a hold's amount, or a part of it; the rest is released with it."""
    source = f"post:{hold.id.hex()}"
    made = _resolution(hold, source=source, code=code, effective_us=effective_us, note=note)
    return replace(made, amount=amount)


def void_hold(hold: Transfer, *, effective_us: int, note: str = "") -> Transfer:
    """Releases a hold before its time."""
    source = f"void:{hold.id.hex()}"
    code = TransferCode.VOID
    return _resolution(hold, source=source, code=code, effective_us=effective_us, note=note)


def expire_hold(hold: Transfer, *, not_before_us: int | None = None) -> Transfer:
    """Releases a hold whose time is over, as of its end or of the first instant that is open."""
    source = f"expire:{hold.id.hex()}"
    at = max(hold.expires_us, not_before_us or hold.expires_us)
    return _resolution(hold, source=source, code=TransferCode.EXPIRE, effective_us=at, note="")


def _resolution(
    hold: Transfer, *, source: str, code: TransferCode, effective_us: int, note: str
) -> Transfer:
    return Transfer(
        id=transfer_id(effective_us // 1000, source),
        debit=hold.debit,
        credit=hold.credit,
        amount=hold.amount,
        code=code,
        effective_us=effective_us,
        about=hold.id,
        source=source,
        note=note,
    )
