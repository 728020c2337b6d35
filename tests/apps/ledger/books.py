"""Books for tests: an issuer, a pool and projects, posted to in base units."""

from datetime import timedelta

from apportion.apps.ledger.actions import post_transfers
from apportion.core.ids import transfer_id
from apportion.core.ledger import Key, Kind, Transfer, TransferCode
from apportion.core.windows import to_epoch_us
from tests.apps.small_lab import GPU, NOW

ISSUED, POOL = (Key(kind, "spring", GPU) for kind in (Kind.ISSUED, Kind.POOL))
ALPHA, BETA = (Key(Kind.PROJECT, name, GPU) for name in ("alpha", "beta"))
DAY = timedelta(days=1)


def used_by(project):
    """Names the account that counts what a project consumed."""
    return Key(Kind.CONSUMED, project.owner, project.unit)


def leg(source, debit, credit, amount, *, code=TransferCode.GRANT, at=NOW, **more):
    """Makes one transfer; its id follows from its source."""
    effective_us = to_epoch_us(at)
    return Transfer(
        id=transfer_id(effective_us // 1000, source),
        debit=debit,
        credit=credit,
        amount=amount,
        code=code,
        effective_us=effective_us,
        source=source,
        **more,
    )


def post(*legs, now=NOW):
    """Posts transfers as the operator."""
    return post_transfers(legs, now=now, actor="ops")


def open_books(amount=1000):
    """Issues a pool."""
    post(leg("pool", ISSUED, POOL, amount, code=TransferCode.OPEN))


def use(project, amount, *, at, source, now=None):
    """Settles usage of a project."""
    code = TransferCode.SETTLE
    return post(leg(source, project, used_by(project), amount, code=code, at=at), now=now or at)
