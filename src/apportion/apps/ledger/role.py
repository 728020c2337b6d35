"""The PostgreSQL role that an office should run as: it adds to the books and changes no row of them.

The triggers stop mistakes; whoever owns the tables could drop them. A role that owns nothing cannot.
"""

import re

from django.apps import apps
from django.db import connection, models

from apportion.apps.ledger.models import (
    Account,
    Checkpoint,
    Cosignature,
    Hold,
    Loan,
    Note,
    Period,
    Posting,
    Record,
    Tile,
    Tip,
    Transfer,
)
from apportion.core.faults import BadInput, Fault

ROLE_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
# What of the books may change at all; every other column is written once.
CHANGING: dict[type[models.Model], tuple[str, ...]] = {
    Transfer: (),
    Record: (),
    Tile: (),
    Account: ("debits", "credits", "debits_pending", "credits_pending", "closed_at"),
    Posting: ("actor", "memo", "salt"),
    Note: ("text", "salt"),
    Hold: ("open",),
    Tip: ("size", "transfers", "postings", "recorded_us", "epoch", "closed_before_us", "frontier"),
    Period: ("state", "closed_at", "closed_by", "journal_size"),  # a trigger stops it once closed
    Loan: (),
    Checkpoint: (),
    Cosignature: (),
}


def role_statements(name: str) -> list[str]:
    """Lists the statements that make a role which may run the office and change no sealed row.

    The owner of the tables runs them, after every upgrade again, for new tables.

    Raises: BadInput for a name that would need quoting.
    """
    if not ROLE_NAME.fullmatch(name):
        raise BadInput(
            [
                Fault(
                    file="the command",
                    field="role",
                    value=name,
                    what="a role is named by small letters, digits and _",
                    remedy="Write for example apportion_office",
                )
            ]
        )
    quote = connection.ops.quote_name
    role = quote(name)
    tables = [quote(table) for table in sorted(connection.introspection.table_names())]
    books = {model._meta.db_table: columns for model, columns in CHANGING.items()}  # noqa: SLF001  Django's own name for it
    known = {model._meta.db_table for model in apps.get_models()}  # noqa: SLF001  as above
    made = (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}')"
        f" THEN CREATE ROLE {role} LOGIN; END IF; END $$"
    )
    statements = [
        made,
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
        f"GRANT SELECT, INSERT ON {', '.join(tables)} TO {role}",
    ]
    others = [quote(table) for table in sorted(known - set(books))]
    statements.append(f"GRANT UPDATE, DELETE ON {', '.join(others)} TO {role}")
    for table, columns in books.items():
        if columns:
            listed = ", ".join(quote(column) for column in columns)
            statements.append(f"GRANT UPDATE ({listed}) ON {quote(table)} TO {role}")
    return statements
