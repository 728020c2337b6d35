"""All charges as plain columns, streamed: for files of costs that are longer than memory."""

from collections.abc import Iterator
from typing import Any

from django.db.models import BigIntegerField, CharField, Func, Value

from apportion.apps.meter.models import Charge

CHUNK = 20_000


class Epoch(Func):
    """An instant as epoch seconds."""

    output_field = BigIntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> Any:
        """Writes it for SQLite, which keeps instants as text."""
        template = "unixepoch(%(expressions)s)"
        if connection.Database.sqlite_version_info < (3, 38):  # a third as quick
            template = "CAST(strftime('%%%%s', %(expressions)s) AS INTEGER)"
        return super().as_sql(compiler, connection, template=template)

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> Any:
        """Writes it for PostgreSQL."""
        template = "EXTRACT(EPOCH FROM %(expressions)s)::bigint"
        return super().as_sql(compiler, connection, template=template)


class Hex(Func):
    """Bytes as hexadecimal digits in small letters."""

    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> Any:
        """Writes it for SQLite."""
        return super().as_sql(compiler, connection, template="lower(hex(%(expressions)s))")

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> Any:
        """Writes it for PostgreSQL."""
        return super().as_sql(compiler, connection, template="encode(%(expressions)s, 'hex')")


def stream_charges(category: str) -> Iterator[tuple[Any, ...]]:
    """Gives each charge once, under a category, in the order in which the office learnt of them.

    Shape: category, key, project, account, user, job, name, state, resource, size, start and end
    as epoch seconds, unit-seconds, those beyond the balance, microcredits, cluster.
    """
    rows = Charge.objects.order_by("pk").values_list(
        Value(category, output_field=CharField()),
        Hex("key"),
        "project__slug",
        "account",
        "user",
        "job",
        "name",
        "state",
        "resource",
        "size",
        Epoch("started_at"),
        Epoch("ended_at"),
        "unit_seconds",
        "overrun_seconds",
        "microcredits",
        "source__cluster",
    )
    return rows.iterator(chunk_size=CHUNK)
