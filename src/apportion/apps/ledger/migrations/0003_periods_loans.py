"""Periods and loans; a closed period and a loan that was made stay as they are."""

import django.db.models.deletion
from django.db import migrations, models

# Per table: when a change of a row is forbidden.
FIXED = {"ledger_period": "OLD.state = 'closed'", "ledger_loan": ""}
SQLITE = """
CREATE TRIGGER {table}_fixed BEFORE UPDATE ON {table} {when}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
"""
POSTGRES = """
CREATE TRIGGER {table}_fixed BEFORE UPDATE ON {table}
FOR EACH ROW {when} EXECUTE FUNCTION apportion_append_only();
"""


def fix(apps, schema_editor):
    """Adds the triggers in the dialect of the database."""
    postgres = schema_editor.connection.vendor == "postgresql"
    for table, closed in FIXED.items():
        when = f"WHEN ({closed})" if closed else ""
        schema_editor.execute((POSTGRES if postgres else SQLITE).format(table=table, when=when))


def loosen(apps, schema_editor):
    """Drops the triggers, for a rollback of this migration."""
    for table in FIXED:
        on = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER {table}_fixed{on}")


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0002_guards'),
        ('rounds', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Loan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(max_length=60, unique=True)),
                ('amount', models.BigIntegerField()),
                ('due_at', models.DateTimeField()),
                ('why', models.CharField(blank=True, max_length=200)),
                ('opened_at', models.DateTimeField()),
                ('opened_by', models.CharField(max_length=150)),
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='loan', to='ledger.account')),
                ('borrower', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
                ('lender', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
            ],
            options={
                'ordering': ['due_at', 'ref'],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='loan_above_zero'), models.CheckConstraint(condition=models.Q(('lender', models.F('borrower')), _negated=True), name='loan_between_two')],
            },
        ),
        migrations.CreateModel(
            name='Period',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('open', 'Open'), ('closing', 'Closing'), ('closed', 'Closed')], default='open', max_length=8)),
                ('opened_at', models.DateTimeField()),
                ('opened_by', models.CharField(max_length=150)),
                ('closed_at', models.DateTimeField(null=True)),
                ('closed_by', models.CharField(blank=True, max_length=150)),
                ('journal_size', models.BigIntegerField(help_text='Size of the closing checkpoint.', null=True)),
                ('round', models.ForeignKey(help_text='Whose policy rules.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rounds.round')),
            ],
            options={
                'ordering': ['-starts_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='period_ends_after_start'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state', 'closed')), models.Q(models.Q(('state', 'closed'), _negated=True), ('closed_at__isnull', True)), _connector='OR'), name='closed_period_says_when')],
            },
        ),
        migrations.RunPython(fix, loosen),
    ]
