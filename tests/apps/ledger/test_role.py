"""A role that owns nothing: it runs the office, and not even it can change what is sealed."""

import pytest
from django.db import DatabaseError, connection, transaction

from apportion.apps.ledger.actions import expire_holds, post_transfers, seal
from apportion.apps.ledger.audit import audit_books
from apportion.apps.ledger.role import CHANGING, role_statements
from apportion.core.faults import BadInput
from apportion.core.windows import from_epoch_us
from tests.apps.small_lab import NOW
from tests.core.ledger_books import ALPHA, ISSUED, POOL, hold, leg

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
NOW_US = int(NOW.timestamp()) * 1_000_000
ROLE = "office_clerk"


def refused():
    return pytest.raises(DatabaseError, match=r"permission denied|must be owner")


@pytest.fixture
def as_clerk():
    """Goes on as the role that the statements make."""
    with connection.cursor() as cursor:
        for statement in [*role_statements(ROLE), *role_statements(ROLE)]:  # twice is as once
            cursor.execute(statement)
        cursor.execute(f"SET LOCAL ROLE {connection.ops.quote_name(ROLE)}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


@pytest.mark.parametrize("name", ["", 'clerk"; DROP', "Clerk", "c" * 64, "2nd"])
def test_a_role_of_another_name_is_not_made(name):
    with pytest.raises(BadInput, match="small letters"):
        role_statements(name)


def test_the_role_posts_holds_expires_and_seals(as_clerk):
    post_transfers([leg(n, ISSUED, POOL, 10) for n in range(300)], now=NOW, actor="ops")
    post_transfers([hold(900, POOL, ALPHA, 5, until=NOW_US + 10)], now=NOW, actor="ops")
    assert expire_holds(now=from_epoch_us(NOW_US + 1_000)) == 1
    seal("decision", "d", b"adopted")
    assert audit_books().differences == ()


@pytest.mark.parametrize("table", [model._meta.db_table for model in CHANGING])
@pytest.mark.parametrize("verb", ["DELETE FROM {}", "TRUNCATE {}", "DROP TABLE {}"])
def test_the_role_takes_nothing_away(as_clerk, table, verb):
    with refused(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb.format(table))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger_transfer SET amount = amount + 1",
        "UPDATE ledger_record SET hash = ''",
        "UPDATE ledger_tile SET root = ''",
        "UPDATE ledger_account SET floor = NULL",
        "UPDATE ledger_posting SET recorded_us = 0",
        "UPDATE ledger_note SET commitment = ''",
        "UPDATE ledger_hold SET expires_us = 0",
        "UPDATE ledger_tip SET id = 2",
        "UPDATE ledger_period SET starts_at = now()",
        "UPDATE ledger_loan SET amount = 1",
        "UPDATE ledger_checkpoint SET root = ''",
        "UPDATE ledger_cosignature SET line = ''",
        "ALTER TABLE ledger_transfer DISABLE TRIGGER ALL",
        "DROP TRIGGER ledger_transfer_no_update ON ledger_transfer",
    ],
)
def test_the_role_changes_nothing_that_is_sealed(as_clerk, change):
    with refused(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
