"""Signed checkpoints and what witnesses wrote under them; neither is ever changed."""

import django.db.models.deletion
from django.db import migrations, models

TABLES = ("ledger_checkpoint", "ledger_cosignature")
SQLITE = """
CREATE TRIGGER {table}_fixed BEFORE UPDATE ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
"""
POSTGRES = """
CREATE TRIGGER {table}_fixed BEFORE UPDATE ON {table}
FOR EACH ROW EXECUTE FUNCTION apportion_append_only();
"""


def fix(apps, schema_editor):
    """Adds the triggers in the dialect of the database."""
    postgres = schema_editor.connection.vendor == "postgresql"
    for table in TABLES:
        schema_editor.execute((POSTGRES if postgres else SQLITE).format(table=table))


def loosen(apps, schema_editor):
    """Drops the triggers, for a rollback of this migration."""
    for table in TABLES:
        on = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER {table}_fixed{on}")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_periods_loans")]
    operations = [
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("root", models.BinaryField(max_length=32)),
                (
                    "note",
                    models.TextField(help_text="The signed note, without the lines of witnesses."),
                ),
                ("made_at", models.DateTimeField()),
            ],
            options={"ordering": ["size"]},
        ),
        migrations.CreateModel(
            name="Cosignature",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("witness", models.CharField(max_length=200)),
                ("key_id", models.BinaryField(max_length=4)),
                ("line", models.TextField()),
                ("signed_at", models.DateTimeField(help_text="As the witness says.")),
                (
                    "checkpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cosignatures",
                        to="ledger.checkpoint",
                    ),
                ),
            ],
            options={
                "ordering": ["checkpoint", "witness", "key_id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("checkpoint", "witness", "key_id"), name="one_line_a_witness"
                    )
                ],
            },
        ),
        migrations.RunPython(fix, loosen),
    ]
