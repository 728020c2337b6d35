"""Moves amounts between accounts, for tests that need books with something in them."""

from apportion.apps.ledger.actions import post_transfers
from apportion.core.ids import transfer_id
from apportion.core.ledger import Key, Kind, Transfer, TransferCode
from tests.apps.small_lab import GPU, NOW


def give(owner, number, payer, kind, amount, *, at=NOW, code=TransferCode.GRANT, back=False):
    """Posts one transfer of GPU-seconds between an owner's accounts and the spring pool's."""
    debit = Key(payer, "spring" if payer is not Kind.PROJECT else owner, GPU)
    credit = Key(kind, "spring" if kind is Kind.POOL else owner, GPU)
    leg = Transfer(
        id=transfer_id(number, f"test {number}"),
        group=f"test {number}",
        debit=credit if back else debit,
        credit=debit if back else credit,
        amount=amount,
        code=code,
        source=f"test {number}",
        effective_us=round(at.timestamp()) * 1_000_000,
    )
    post_transfers([leg], now=NOW, actor="test")
