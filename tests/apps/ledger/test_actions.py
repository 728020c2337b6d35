"""The writer of the books: sealed, gapless, append-only, and never below a floor."""

import threading

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from apportion.apps.ledger.actions import post_transfers, seal
from apportion.apps.ledger.audit import audit_books
from apportion.apps.ledger.models import Account, Record, Tile, Transfer
from apportion.apps.ledger.proofs import prove_leaf
from apportion.apps.ledger.queries import (
    balance_of,
    root,
    statement,
    totals_by_code,
)
from apportion.core.ledger import Key, Kind, TransferCode
from apportion.core.ledger import Transfer as Leg
from apportion.core.refusals import Code, Refused
from apportion.core.verify.merkle import check_inclusion
from tests.apps.small_lab import NOW

ISSUED = Key(Kind.ISSUED, "r", "gpu")
POOL = Key(Kind.POOL, "r", "gpu")
ALPHA = Key(Kind.PROJECT, "alpha", "gpu")


def leg(number, debit, credit, amount):
    return Leg(
        id=number.to_bytes(16, "big"),
        debit=debit,
        credit=credit,
        amount=amount,
        code=TransferCode.GRANT,
        source=f"test:{number}",
        effective_us=(1_700_000_000_123 + number) * 1000,
    )


def post(*legs, **more):
    return post_transfers(legs, now=NOW, actor="ops", **more)


@pytest.mark.django_db
def test_a_posted_batch_balances_and_is_sealed():
    post(leg(1, ISSUED, POOL, 100), leg(2, POOL, ALPHA, 40))
    health = audit_books()
    assert (balance_of(POOL), balance_of(ALPHA)) == (60, 40)
    assert (health.transfers, health.sums, health.differences) == (2, {"gpu": 0}, ())
    assert health.leaves == 2 + 3  # each account's opening is sealed too


@pytest.mark.django_db
def test_posting_the_same_again_changes_nothing():
    post(leg(1, ISSUED, POOL, 100))
    before = root()
    assert post(leg(1, ISSUED, POOL, 100)).existing == (leg(1, ISSUED, POOL, 100).id,)
    assert (balance_of(POOL), root()) == (100, before)


@pytest.mark.django_db
def test_a_refused_transfer_undoes_the_batch_unless_the_rest_may_stand():
    batch = (leg(1, ISSUED, POOL, 100), leg(2, POOL, ALPHA, 101))
    with pytest.raises(Refused) as error:
        post(*batch)
    assert error.value.refusals[0].code is Code.NOT_ENOUGH
    assert balance_of(POOL) == 0
    assert len(post(*batch, partial=True).accepted) == 1
    assert balance_of(POOL) == 100


@pytest.mark.django_db
def test_the_database_itself_forbids_a_balance_below_the_floor():
    post(leg(1, ISSUED, POOL, 100))
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.filter(kind="pool").update(debits=101)


@pytest.mark.django_db
@pytest.mark.parametrize("table", [Transfer, Record, Tile])
def test_the_database_itself_forbids_changing_or_deleting(table):
    post(*[leg(number, ISSUED, POOL, 1) for number in range(256)])
    rows = table.objects.all()
    for change in (
        lambda: rows.update(**{table._meta.pk.name: 9}),
        lambda: rows._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


@pytest.mark.django_db
def test_a_row_changed_behind_our_back_is_found():
    post(leg(1, ISSUED, POOL, 100), leg(2, POOL, ALPHA, 40))
    with connection.cursor() as cursor:  # what an insider with the database password could do
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            cursor.execute("DROP TRIGGER ledger_transfer_no_update")
        cursor.execute("UPDATE ledger_transfer SET amount = 41 WHERE amount = 40")
    first = audit_books().differences[0]
    assert (first.table, first.field, first.said, first.recomputed) == (
        "ledger_transfer",
        "amount",
        "41",
        "40",
    )


@pytest.mark.django_db
def test_a_statement_sums_to_the_balance():
    post(leg(1, ISSUED, POOL, 100), leg(2, POOL, ALPHA, 40), leg(3, POOL, ALPHA, 5))
    assert sum(line.amount for line in statement(POOL)) == balance_of(POOL) == 55
    assert sum(totals_by_code(POOL).values()) == 55
    assert [line.at.microsecond for line in statement(ALPHA)] == [126_000, 125_000]


@pytest.mark.django_db
def test_every_leaf_can_be_proved_offline():
    post(leg(1, ISSUED, POOL, 100), leg(2, POOL, ALPHA, 40))
    index = seal("decision", "r-1", b"granted")
    proof = prove_leaf(index)
    assert (index, proof.root) == (5, root())
    check_inclusion(leaf=proof.leaf, index=index, size=proof.size, path=proof.path, root=proof.root)


@pytest.mark.django_db(transaction=True)
def test_eight_spenders_at_once_never_overdraw_and_leave_no_gap():
    post(leg(1, ISSUED, POOL, 100))
    outcomes: list[str] = []

    def spend(first):
        try:
            for number in range(first, first + 5):
                try:
                    post(leg(number, POOL, ALPHA, 7))
                    outcomes.append("paid")
                except Refused:
                    outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=spend, args=(10 + 10 * n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (outcomes.count("paid"), outcomes.count("refused")) == (14, 26)
    assert (balance_of(POOL), balance_of(ALPHA)) == (2, 98)
    seqs = [
        *Transfer.objects.values_list("seq", flat=True),
        *Record.objects.values_list("seq", flat=True),
    ]
    assert sorted(seqs) == list(range(15 + 3))
    assert audit_books().differences == ()
