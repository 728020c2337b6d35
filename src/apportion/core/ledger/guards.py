"""Why a transfer is refused, apart from balances: its form, its accounts, what it is about."""

from collections.abc import Mapping

from apportion.core.ledger.accounts import Account, Key
from apportion.core.ledger.transfers import RELEASES, Standing, Transfer, TransferCode
from apportion.core.refusals import Code, Refusal

LARGEST = 2**63 - 1  # what a counter can hold in both databases
ID_BYTES = 16
PENDING_ONLY = RELEASES | {TransferCode.HOLD}  # move nothing, so there is nothing to reverse


def refuse_form(leg: Transfer, *, last_us: int) -> Refusal | None:
    """Refuses what is wrong whatever the books hold.

    Units: last_us, when it is recorded at the latest, in epoch microseconds.
    """
    if not 0 < leg.amount <= LARGEST:
        return refuse(Code.OUT_OF_RANGE, leg, "Move a positive amount below 2^63.")
    if leg.debit == leg.credit:
        return refuse(Code.OUT_OF_RANGE, leg, "Move it between two accounts.")
    if len(leg.id) != ID_BYTES or (leg.about is not None and len(leg.about) != ID_BYTES):
        return refuse(Code.OUT_OF_RANGE, leg, "Give ids of 16 bytes.")
    if not (-LARGEST <= leg.effective_us <= LARGEST and 0 <= leg.expires_us <= LARGEST):
        return refuse(Code.OUT_OF_RANGE, leg, "Give instants in epoch microseconds.")
    return _refuse_end(leg, last_us=last_us)


def _refuse_end(leg: Transfer, *, last_us: int) -> Refusal | None:
    if (leg.code is TransferCode.HOLD) != (leg.expires_us > 0):
        return refuse(Code.OUT_OF_RANGE, leg, "Give each hold, and nothing else, an end.")
    if leg.code is TransferCode.HOLD and leg.expires_us <= last_us:
        end = leg.expires_us
        return refuse(Code.OUT_OF_RANGE, leg, "Let it end after now.", expires_us=end, now=last_us)
    return None


def refuse_accounts(
    leg: Transfer, accounts: Mapping[Key, Account], *, opens: bool
) -> Refusal | None:
    """Refuses accounts that are unknown, closed, or count different units."""
    for key in (leg.debit, leg.credit):
        account = accounts.get(key)
        if account is None and not opens:
            return refuse(Code.ACCOUNT_UNKNOWN, leg, f"Open {key} first, or mend its name.")
        if account is not None and account.closed:
            return refuse(Code.ACCOUNT_CLOSED, leg, f"{key} is closed: post to an open account.")
    if leg.debit.unit != leg.credit.unit:
        return refuse(
            Code.UNIT_MISMATCH,
            leg,
            "Convert through an exchange account.",
            debit=leg.debit.unit,
            credit=leg.credit.unit,
        )
    return None


def refuse_resolution(
    leg: Transfer, about: Standing | None, *, now_us: int, last_us: int
) -> Refusal | None:
    """Refuses what does not fit the hold that it resolves or the transfer that it reverses.

    A hold that ends between now and when the leg is recorded is neither released yet nor posted.

    Shape: `about` is what stands under the id that the leg is about, or None where nothing does.
    """
    if leg.code is TransferCode.HOLD or (leg.about is None and not _needs_another(leg)):
        return None if leg.about is None else refuse(Code.OUT_OF_RANGE, leg, "Hold anew.")
    if about is None:
        return refuse(Code.NOT_FOUND, leg, "Name the transfer that it is about by its id.")
    if leg.code is TransferCode.REVERSE:
        return _refuse_reversal(leg, about)
    if about.transfer.code is not TransferCode.HOLD:
        return refuse(Code.NOT_FOUND, leg, "Only holds are posted, voided or expire.")
    return _refuse_hold(leg, about, now_us=now_us, last_us=last_us)


def _refuse_hold(leg: Transfer, about: Standing, *, now_us: int, last_us: int) -> Refusal | None:
    hold = about.transfer
    numbers: dict[str, int | str] = {"held": hold.amount, "expires_us": hold.expires_us}
    if leg.code not in RELEASES and hold.expires_us <= last_us:
        return refuse(Code.HOLD_EXPIRED, leg, "Hold the amount again.", **numbers)
    if about.resolved:
        return refuse(Code.HOLD_RESOLVED, leg, "Each hold is resolved once.", **numbers)
    if leg.code is TransferCode.EXPIRE and hold.expires_us > now_us:
        return refuse(Code.WRONG_STATE, leg, "Void it, or wait for its end.", **numbers)
    if (leg.debit, leg.credit) != (hold.debit, hold.credit):
        return refuse(Code.BEYOND_HOLD, leg, "Post between the accounts of the hold.", **numbers)
    wrong = leg.amount != hold.amount if leg.code in RELEASES else leg.amount > hold.amount
    if wrong:
        return refuse(Code.BEYOND_HOLD, leg, "Take no more than is held.", **numbers)
    return None


def _refuse_reversal(leg: Transfer, about: Standing) -> Refusal | None:
    undone = about.transfer
    if undone.code in PENDING_ONLY:
        return refuse(Code.NOT_A_MIRROR, leg, "It moved nothing; void a hold instead.")
    if about.resolved:
        return refuse(Code.ALREADY_REVERSED, leg, "Reverse the reversal instead.")
    mirror = (undone.credit, undone.debit, undone.amount)
    if (leg.debit, leg.credit, leg.amount) != mirror:
        return refuse(
            Code.NOT_A_MIRROR, leg, "Swap its accounts and keep its amount.", posted=undone.amount
        )
    return None


def _needs_another(leg: Transfer) -> bool:
    return leg.code is TransferCode.REVERSE or leg.code in RELEASES


def refuse(code: Code, leg: Transfer, remedy: str, **numbers: int | str) -> Refusal:
    """Makes a refusal of one leg, with its amount among the numbers."""
    subject = leg.source or f"transfer {leg.id.hex()}"
    return Refusal(
        code=code, subject=subject, remedy=remedy, numbers={"amount": leg.amount, **numbers}
    )
