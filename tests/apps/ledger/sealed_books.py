"""Books with a bit of everything, and what an insider with the database's password could do to them."""

from datetime import timedelta

from django.db import connection

from apportion.apps.ledger.actions import expire_holds, post_transfers, seal
from apportion.apps.ledger.checkpoints import make_checkpoint
from apportion.core.ids import transfer_id
from apportion.core.ledger import Key, Kind, Transfer, TransferCode, post_hold, reversal, void_hold
from tests.apps.small_lab import NOW

ISSUED = Key(Kind.ISSUED, "r", "gpu")
POOL = Key(Kind.POOL, "r", "gpu")
ALPHA = Key(Kind.PROJECT, "alpha", "gpu")
BETA = Key(Kind.PROJECT, "beta", "gpu")
USED = Key(Kind.CONSUMED, "alpha", "gpu")
AT_US = 1_790_000_000_000_000
TABLES = ("transfer", "record", "tile", "account", "posting", "note", "hold", "checkpoint")


def leg(name, debit, credit, amount, *, code=TransferCode.SETTLE, **more):
    return Transfer(
        id=transfer_id(AT_US // 1000, name),
        debit=debit,
        credit=credit,
        amount=amount,
        code=code,
        effective_us=AT_US,
        source=name,
        **more,
    )


def hold(name, amount, *, hours):
    expires_us = int((NOW + timedelta(hours=hours)).timestamp() * 1_000_000)
    return leg(name, ALPHA, USED, amount, code=TransferCode.HOLD, expires_us=expires_us)


def fill_books(*, jobs=300):
    """Posts grants, notes, holds of every fate, a reversal and many jobs; signs twice."""
    grants = (
        leg("open", ISSUED, POOL, 100_000, code=TransferCode.OPEN),
        leg("a", POOL, ALPHA, 50_000, code=TransferCode.GRANT, note="for Ada's runs"),
        leg("b", POOL, BETA, 20_000, code=TransferCode.GRANT),
    )
    post_transfers(grants, now=NOW, actor="ops", memo="grants of r")
    seal("decision", "r-1", b"granted")
    posted, void, left, due = (
        hold(name, 100 + n, hours=n) for n, name in enumerate(("posted", "void", "left", "due"), 2)
    )
    post_transfers((posted, void, left, due), now=NOW, actor="ops", memo="holds")
    make_checkpoint(now=NOW)
    later = AT_US + 10**6
    ends = (
        post_hold(posted, amount=40, code=TransferCode.SETTLE, effective_us=later),
        void_hold(void, effective_us=later),
        reversal(grants[2], effective_us=later),
    )
    post_transfers(ends, now=NOW, actor="ops")
    expire_holds(now=NOW + timedelta(hours=6))
    batch = [leg(f"job {n}", ALPHA, USED, n + 1 if n < 300 else 1) for n in range(jobs)]
    post_transfers(batch, now=NOW, actor="meter", memo="import")
    return make_checkpoint(now=NOW)


def as_insider(*statements):
    """Runs SQL as somebody whom no trigger stops."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            cursor.execute(statement)
