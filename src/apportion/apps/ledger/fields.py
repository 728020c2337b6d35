"""A column of the 16-byte ids that transfers have: a uuid on PostgreSQL, a blob on SQLite."""

import uuid
from typing import Any

from django.db import connection as office
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class TransferIdField(models.Field):  # type: ignore[type-arg]  # generic in the stubs alone
    """Holds 16 bytes; a uuid costs 12 bytes a row and index entry less than bytes would."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """Names the type of the column."""
        return "uuid" if connection.vendor == "postgresql" else "blob"

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, *_: Any, **__: Any
    ) -> Any:
        """Gives what the driver takes."""
        if value is None:
            return None
        return uuid.UUID(bytes=bytes(value)) if connection.vendor == "postgresql" else bytes(value)

    def from_db_value(self, value: Any, *_: Any) -> bytes | None:
        """Gives the bytes of what the driver read."""
        return value.bytes if isinstance(value, uuid.UUID) else value

    def to_python(self, value: Any) -> Any:
        """Takes bytes as they are, and hexadecimal text."""
        return bytes.fromhex(value) if isinstance(value, str) else value


class SeqField(models.BigIntegerField):  # type: ignore[type-arg]  # generic in the stubs alone
    """Holds a seq as a key; SQLite then keeps the rows by it and no index beside them."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        """Names the type of the column."""
        return "integer" if connection.vendor == "sqlite" else super().db_type(connection)


def id_value(value: bytes) -> uuid.UUID | bytes:
    """Gives what the driver takes for an id, where rows go straight to it."""
    return uuid.UUID(bytes=value) if office.vendor == "postgresql" else value
