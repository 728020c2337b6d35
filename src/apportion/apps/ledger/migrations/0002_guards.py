"""What stands in the books is immutable in the database itself, not by good manners.

Only what must change may: counters, an account's closing, a hold's end, and words that are erased.
On PostgreSQL transfers keep one index, on their id; their order is found through a small BRIN.
"""

from django.db import migrations

FROZEN = ("ledger_transfer", "ledger_record", "ledger_tile")
# Per table: columns that never change, and what else must hold of a change.
GUARDED = {
    "ledger_account": (("id", "kind", "owner", "unit", "floor"), "OLD.closed_at IS NULL"),
    "ledger_posting": (
        ("number", "first_seq", "transfers", "recorded_us", "commitment"),
        "NEW.actor IS NULL AND NEW.memo IS NULL AND NEW.salt IS NULL",
    ),
    "ledger_note": (("seq", "commitment"), "NEW.text IS NULL AND NEW.salt IS NULL"),
    "ledger_hold": (
        ("seq", "hold_id", "debit_id", "expires_us"),
        "OLD.open AND NOT NEW.open",
    ),
}
# Counters change all day: only a change of the other columns is looked at.
FIXED = {"ledger_account": ("id", "kind", "owner", "unit", "floor", "closed_at")}

POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION apportion_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
"""
POSTGRES_ORDER = """
ALTER TABLE ledger_transfer DROP CONSTRAINT ledger_transfer_pkey;
CREATE INDEX ledger_transfer_seq ON ledger_transfer USING brin (seq)
WITH (pages_per_range = 16, autosummarize = on);
ALTER TABLE ledger_account SET (fillfactor = 50);
"""
POSTGRES_KEY = """
ALTER TABLE ledger_account RESET (fillfactor);
DROP INDEX ledger_transfer_seq;
ALTER TABLE ledger_transfer ADD PRIMARY KEY (seq);
"""


def forbid_changes(apps, schema_editor):
    """Adds the triggers in the dialect of the database."""
    postgres = schema_editor.connection.vendor == "postgresql"
    if postgres:
        schema_editor.execute(POSTGRES_FUNCTION, params=None)
    for statement in _triggers(postgres):
        schema_editor.execute(statement)


def allow_changes(apps, schema_editor):
    """Drops the triggers, for a rollback of this migration."""
    postgres = schema_editor.connection.vendor == "postgresql"
    for table in (*FROZEN, *GUARDED):
        for verb in ("update", "delete"):
            on = f" ON {table}" if postgres else ""
            schema_editor.execute(f"DROP TRIGGER {table}_no_{verb}{on}")


def order_by_range(apps, schema_editor):
    """Gives PostgreSQL a range index on seq in place of a tree: 22 bytes a transfer less."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRES_ORDER, params=None)


def order_by_key(apps, schema_editor):
    """Gives PostgreSQL back its tree on seq."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRES_KEY, params=None)


def _triggers(postgres):
    for table in FROZEN:
        yield _trigger(postgres, table, "update", "")
    for table in (*FROZEN, *GUARDED):
        yield _trigger(postgres, table, "delete", "")
    differs = "IS DISTINCT FROM" if postgres else "IS NOT"
    for table, (columns, allowed) in GUARDED.items():
        changed = " OR ".join(f"NEW.{name} {differs} OLD.{name}" for name in columns)
        when = f"WHEN ({changed} OR NOT ({allowed}))"
        yield _trigger(postgres, table, "update", when, FIXED.get(table, ()))


def _trigger(postgres, table, verb, when, columns=()):
    of = f" OF {', '.join(columns)}" if columns else ""
    head = f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()}{of} ON {table}"
    if postgres:
        each = "ROW" if when else "STATEMENT"
        return f"{head} FOR EACH {each} {when} EXECUTE FUNCTION apportion_append_only()"
    return f"{head} {when} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_books")]
    operations = [
        migrations.RunPython(order_by_range, order_by_key),
        migrations.RunPython(forbid_changes, allow_changes),
    ]
