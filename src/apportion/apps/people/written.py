"""Reads that nearly every call makes: their SQL is written once in a thread, and then only run.

Django takes ten times as long to write a query as the database takes to answer it.
"""

from collections.abc import Callable, Sequence
from threading import local
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

Made = TypeVar("Made", bound=Model)


class WrittenQuery(Generic[Made]):
    """A query that looks for one value in one column and for nothing else, or for no value at all.

    Shape: `place` stands for the value while the SQL is written; it has the column's type.
    """

    def __init__(
        self,
        rows: Callable[[], QuerySet[Made, Any]],
        *,
        column: str | None = None,
        place: str | int = "?",
    ) -> None:
        self._rows, self._kept = rows, local()
        self._sought: dict[str, str | int] = {} if column is None else {column: place}

    def find(self, value: str | int) -> Made | None:
        """Gives the first object, with those that are joined to it, as Django would; or none."""
        found = self.fetch(value)
        return self._written().build(found[0]) if found else None

    def fetch(self, *value: str | int) -> list[Sequence[Any]]:
        """Gives the columns of each row."""
        return self._written().run(*value)

    def _written(self) -> "_Written":
        """Gives what this thread wrote for the connection that it has now."""
        held: _Written | None = getattr(self._kept, "written", None)
        if held is None or held.connection is not connections[DEFAULT_DB_ALIAS]:
            rows = self._rows().filter(**self._sought)
            held = _Written(rows, tuple(self._sought.values()))
            self._kept.written = held
        return held


class _Written:
    """The SQL of one query on one connection, and what reads its rows."""

    def __init__(self, rows: QuerySet[Any, Any], places: tuple[str | int, ...]) -> None:
        self.connection = connections[DEFAULT_DB_ALIAS]
        self.compiler = rows.query.get_compiler(connection=self.connection)
        self.sql, parameters = self.compiler.as_sql()
        if tuple(parameters) != places:
            raise TypeError(f"asks for more than one value: {self.sql}")
        select = self.compiler.select
        self.converters = self.compiler.get_converters([one[0] for one in select])
        self.shape = self.compiler.klass_info  # none where columns are asked for, and no objects
        if self.shape is not None:
            own = self.shape["select_fields"]
            self.own = slice(own[0], own[-1] + 1)
            self.names = [one[0].target.attname for one in select[self.own]]
            self.joined = get_related_populators(  # type: ignore[call-arg]  # stubs of a later Django
                self.shape, select, self.connection.alias
            )

    def run(self, *value: str | int) -> list[Sequence[Any]]:
        with self.connection.cursor() as cursor:
            cursor.execute(self.sql, value)
            found = cursor.fetchall()
        return list(self.compiler.apply_converters(found, self.converters)) if found else []

    def build(self, row: Sequence[Any]) -> Any:
        made = self.shape["model"].from_db(self.connection.alias, self.names, row[self.own])
        for one in self.joined:
            one.populate(row, made)
        return made
