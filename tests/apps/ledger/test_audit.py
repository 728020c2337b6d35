"""Whatever an insider changes in the database, the audit finds it and names the row."""

import json
import threading

import numpy as np
import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from apportion.apps.ledger.actions import seal
from apportion.apps.ledger.audit import audit_books
from apportion.apps.ledger.audit_reads import COPIED, in_order
from apportion.apps.ledger.checkpoints import make_checkpoint
from apportion.apps.ledger.leaves import read_leaves
from apportion.apps.ledger.models import Account, Hold, Tile, Transfer
from apportion.apps.ledger.queries import root, tip
from apportion.core import journal
from apportion.core.faults import WorldError
from apportion.office import cli
from tests.apps.ledger.sealed_books import ALPHA, as_insider, fill_books
from tests.apps.small_lab import NOW

BLOB = "X'{}'" if connection.vendor == "sqlite" else "'\\x{}'"
GRANT = "(SELECT seq FROM ledger_transfer WHERE amount = 50000)"
JOB = "(SELECT seq FROM ledger_transfer WHERE amount = 77)"
NEXT = "(SELECT seq FROM ledger_transfer WHERE amount = 78)"
BETA = "(SELECT id FROM ledger_account WHERE owner = 'beta' AND kind = 'project')"
# What is done, and the table, field, said and recomputed value of the first difference.
DEEDS = {
    "an amount is changed": (
        [f"UPDATE ledger_transfer SET amount = 51000 WHERE seq = {GRANT}"],
        ("ledger_transfer", "amount", "51000", "50000"),
    ),
    "an amount and the balances with it": (
        [
            f"UPDATE ledger_transfer SET amount = 50003 WHERE seq = {GRANT}",
            "UPDATE ledger_account SET debits = debits + 3 WHERE kind = 'pool'",
            "UPDATE ledger_account SET credits = credits + 3 WHERE owner = 'alpha' AND kind = 'project'",
        ],
        ("ledger_transfer", "leaf", "several changes", "others"),
    ),
    "a flipped bit and the balances with it": (
        [
            f"UPDATE ledger_transfer SET amount = 50004 WHERE seq = {GRANT}",
            "UPDATE ledger_account SET debits = debits + 4 WHERE kind = 'pool'",
            "UPDATE ledger_account SET credits = credits + 4 WHERE owner = 'alpha' AND kind = 'project'",
        ],
        ("ledger_transfer", "amount", "50004", "50000"),
    ),
    "a code is changed": (
        [f"UPDATE ledger_transfer SET code = 4 WHERE seq = {JOB}"],
        ("ledger_transfer", "code", "refund", "settle"),
    ),
    "a day is changed": (
        [f"UPDATE ledger_transfer SET effective_us = effective_us + 86400000000 WHERE seq = {JOB}"],
        ("ledger_transfer", "effective_us", "1790086400000000", "1790000000000000"),
    ),
    "somebody else is made to pay": (
        [
            f"UPDATE ledger_transfer SET debit_id = {BETA} WHERE seq = {JOB}",
        ],
        ("ledger_transfer", "debit_id", None, None),
    ),
    "a row is deleted": (
        [f"DELETE FROM ledger_transfer WHERE seq = {JOB}"],
        ("ledger_transfer", "seq", "missing", "a leaf"),
    ),
    "two rows change places": (
        [
            f"UPDATE ledger_transfer SET seq = -1 WHERE seq = {JOB}",
            "UPDATE ledger_transfer SET seq = seq - 1 WHERE amount = 78",
            f"UPDATE ledger_transfer SET seq = {NEXT} + 1 WHERE seq = -1",
        ],
        ("ledger_transfer", "transfer_id", None, None),
    ),
    "a row is put behind the end": (
        [
            "UPDATE ledger_tip SET size = size",
            "UPDATE ledger_transfer SET seq = 100000 WHERE amount = 90",
        ],
        ("ledger_transfer", "seq", "missing", "a leaf"),
    ),
    "a balance is changed": (
        ["UPDATE ledger_account SET credits = credits + 1000 WHERE owner = 'beta'"],
        ("ledger_account", "credits", "21000", "20000"),
    ),
    "an account is renamed": (
        ["UPDATE ledger_account SET owner = 'gamma' WHERE owner = 'beta'"],
        ("ledger_account", "name", None, None),
    ),
    "a record's hash is changed": (
        [f"UPDATE ledger_record SET hash = {BLOB.format('00' * 32)} WHERE kind = 'decision'"],
        ("ledger_transfer", "leaf", "several changes", "others"),
    ),
    "an opening's hash is changed": (
        [f"UPDATE ledger_record SET hash = {BLOB.format('00' * 32)} WHERE seq = 0"],
        ("ledger_record", "hash", "00" * 32, None),
    ),
    "a tile is changed": (
        [f"UPDATE ledger_tile SET root = {BLOB.format('00' * 32)} WHERE level = 1"],
        ("ledger_tile", "root", "00" * 32, "another"),
    ),
    "a tile is deleted": (
        ["DELETE FROM ledger_tile"],
        ("ledger_tile", "row", "missing", "a root"),
    ),
    "a hold is kept open": (
        ["UPDATE ledger_hold SET open = TRUE WHERE seq = (SELECT min(seq) FROM ledger_hold)"],
        ("ledger_hold", "open", "True", "False"),
    ),
    "a hold ends later": (
        ["UPDATE ledger_hold SET expires_us = expires_us + 1048576 WHERE open = FALSE"],
        ("ledger_transfer", "leaf", "several changes", "others"),
    ),
    "words are changed": (
        ["UPDATE ledger_note SET text = 'for Eve'"],
        ("ledger_note", "text", "'for Eve'", "others"),
    ),
    "an actor is changed": (
        ["UPDATE ledger_posting SET actor = 'eve' WHERE number = 1"],
        ("ledger_posting", "words", "'eve\\ngrants of r'", "others"),
    ),
    "a time of recording is changed": (
        ["UPDATE ledger_posting SET recorded_us = recorded_us + 1 WHERE number = 1"],
        ("ledger_transfer", "leaf", "several changes", "others"),
    ),
    "a checkpoint is signed by nobody": (
        ["UPDATE ledger_checkpoint SET note = replace(note, '/journal ', '/journal A')"],
        ("ledger_checkpoint", "note", None, "a signature that holds"),
    ),
    "a checkpoint has another root": (
        [f"UPDATE ledger_checkpoint SET root = {BLOB.format('00' * 32)} WHERE size < 100"],
        ("ledger_checkpoint", "root", "00" * 32, None),
    ),
    "the tip counts otherwise": (
        ["UPDATE ledger_tip SET transfers = transfers - 1"],
        ("ledger_tip", "transfers", None, None),
    ),
    "the tip counts leaves that are not there": (
        ["UPDATE ledger_tip SET size = 1000000000000"],
        ("ledger_tip", "size", "1000000000000", None),
    ),
    "the tip counts no leaves": (
        ["UPDATE ledger_tip SET size = -5"],
        ("ledger_transfer", "seq", None, "no such leaf"),
    ),
    "a record is moved away": (
        ["UPDATE ledger_record SET seq = -7 WHERE kind = 'decision'"],
        ("ledger_transfer", "seq", "missing", "a leaf"),
    ),
    "a transfer is moved away": (
        [f"UPDATE ledger_transfer SET seq = -7 WHERE seq = {JOB}"],
        ("ledger_transfer", "seq", None, None),
    ),
    "the frontier is another": (
        [f"UPDATE ledger_tip SET frontier = {BLOB.format('00' * 32 * 4)}"],
        None,
    ),
}


@pytest.mark.django_db
def test_sound_books_show_no_difference_and_give_the_journals_root():
    signed = fill_books()
    audit = audit_books()
    assert audit.differences == ()
    assert (audit.leaves, audit.root, audit.checkpoints) == (signed.size, signed.root, 2)
    assert (audit.root, audit.sums) == (root(), {"gpu": 0})
    assert Tile.objects.count() == 1


@pytest.mark.django_db
def test_empty_books_are_sound():
    audit = audit_books()
    assert (audit.differences, audit.leaves, audit.root) == ((), 0, journal.EMPTY_ROOT)


@pytest.mark.django_db
@pytest.mark.parametrize("deed", DEEDS)
def test_what_an_insider_does_is_found_and_named(deed):
    statements, expected = DEEDS[deed]
    fill_books(jobs=300 if "tile" in deed or "places" in deed else 90)
    as_insider(*statements)
    differences = audit_books().differences
    assert differences
    if expected is not None:
        first = differences[0]
        told = (first.table, first.field, first.said, first.recomputed)
        assert all(want in {None, got} for want, got in zip(expected, told, strict=True)), told


@pytest.mark.django_db
def test_no_row_can_be_put_between_others():
    """Taking a seq that is taken needs another row to go, and going is seen."""
    fill_books(jobs=3)
    name = BLOB.format("ab" * 16) if connection.vendor == "sqlite" else f"'{'ab' * 16}'::uuid"
    as_insider(
        "DELETE FROM ledger_record WHERE kind = 'decision'",
        f"""INSERT INTO ledger_transfer (seq, transfer_id, amount, effective_us, debit_id, credit_id,
        posting_id, code, leg) SELECT {GRANT} + 2, {name}, 5, effective_us, debit_id, credit_id,
        posting_id, code, 0 FROM ledger_transfer WHERE amount = 3""",
    )
    assert audit_books().differences


COLUMNS = st.sampled_from(["amount", "effective_us", "debit_id", "credit_id", "code", "leg"])


@pytest.mark.django_db
@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(column=COLUMNS, bit=st.integers(0, 11), place=st.integers(0, 15))
def test_any_bit_of_any_row_that_is_flipped_is_found_and_the_row_is_named(column, bit, place):
    with transaction.atomic():
        fill_books(jobs=5)
        row = Transfer.objects.order_by("seq")[place % Transfer.objects.count()]
        name = "code_number" if column == "code" else column
        value = getattr(row, name) ^ (1 << bit % (4 if column in {"leg", "code"} else 12))
        accounts = {row.debit_id, row.credit_id} - {getattr(row, name)}
        assume(value not in accounts and (column != "amount" or value > 0))
        as_insider(f"UPDATE ledger_transfer SET {column} = {value} WHERE seq = {row.seq}")
        first = audit_books().differences[0]
        transaction.set_rollback(True)
    assert first.row == f"seq {row.seq}"


@pytest.mark.django_db
def test_a_past_that_was_rewritten_with_all_its_hashes_is_betrayed_by_what_was_signed():
    fill_books(jobs=300)
    change = "UPDATE ledger_transfer SET amount = 50003 WHERE amount = 50000"
    balances = (
        "UPDATE ledger_account SET debits = debits + 3 WHERE kind = 'pool'",
        "UPDATE ledger_account SET credits = credits + 3 WHERE owner = 'alpha' AND kind = 'project'",
    )
    as_insider(change, *balances)
    size = tip().size
    subtrees = journal.subtrees_of(read_leaves(0, size))
    tile, frontier = subtrees(8, 0).hex(), journal.frontier_at(subtrees, size).hex()
    as_insider(
        f"UPDATE ledger_tile SET root = {BLOB.format(tile)}",
        f"UPDATE ledger_tip SET frontier = {BLOB.format(frontier)}",
    )
    tables = {(each.table, each.field) for each in audit_books().differences}
    assert tables == {("ledger_checkpoint", "root")}


@pytest.mark.django_db
def test_a_changed_past_is_not_signed_again():
    fill_books()
    as_insider("UPDATE ledger_transfer SET amount = 51000 WHERE amount = 50000")
    seal("decision", "r-2", b"granted")
    as_insider("DELETE FROM ledger_tile")
    with pytest.raises(WorldError, match="does not continue its checkpoint"):
        make_checkpoint(now=NOW)


@pytest.mark.django_db
def test_a_row_too_wide_for_its_field_is_told():
    fill_books(jobs=3)
    if connection.vendor == "sqlite":
        as_insider("UPDATE ledger_transfer SET debit_id = -1 WHERE amount = 50000")
        assert audit_books().differences[0].field == "form"


@pytest.mark.django_db
def test_the_command_names_the_first_difference_and_exits_1(capsys):
    fill_books(jobs=3)
    assert cli.run(["ledger", "audit"]) == 0
    assert "nothing was changed" in capsys.readouterr().out
    Account.objects.filter(owner="beta").update(credits=1_000_000, debits=980_000)
    assert cli.run(["ledger", "audit"]) == 1
    assert "differs: ledger_account" in capsys.readouterr().out
    assert cli.run(["ledger", "audit", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["differences"][0]["table"] == "ledger_account"
    assert told["leaves"] == tip().size


@pytest.mark.django_db(transaction=True)
def test_an_audit_sees_one_moment_and_hinders_no_writer():
    before = fill_books(jobs=3)

    def write(done, of):
        def post():
            seal("decision", "r-9", b"granted")
            connection.close()

        writer = threading.Thread(target=post)
        writer.start()
        writer.join(timeout=10)
        assert not writer.is_alive()

    audit = audit_books(progress=write)
    assert (audit.differences, audit.root) == ((), before.root)
    assert tip().size > before.size
    assert audit_books().differences == ()


@pytest.mark.django_db
def test_an_audit_asks_the_database_no_more_often_because_there_are_more_rows(
    django_assert_max_num_queries,
):
    fill_books(jobs=200)
    assert Hold.objects.count() == 4
    assert Account.objects.filter(owner=ALPHA.owner).exists()
    with django_assert_max_num_queries(40):
        audit_books()


def test_rows_that_stand_where_undone_ones_stood_are_read_in_the_order_of_their_seq():
    rows = np.zeros(6, dtype=COPIED)
    rows["seq"], rows["amount"] = [3, 4, 0, 1, 1, 2], [30, 40, 0, 10, 11, 20]
    assert in_order(rows)["amount"].tolist() == [0, 10, 11, 20, 30, 40]
    assert in_order(rows[:0]).size == 0
