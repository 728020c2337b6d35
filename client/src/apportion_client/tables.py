"""Rows for a notebook: a list of dicts that shows itself as a table and turns into a data frame."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from apportion_client.problems import Usage

MOST_SHOWN = 60


class Table(list[Mapping[str, Any]]):
    """Rows as they came, and the order of their columns."""

    def __init__(self, rows: Iterable[Mapping[str, Any]], columns: Iterable[str] = ()) -> None:
        super().__init__(rows)
        self.columns = tuple(columns) or tuple(self[0] if self else ())

    def column(self, name: str) -> list[Any]:
        """Gives one column."""
        return [row[name] for row in self]

    def frame(self) -> Any:
        """Gives the same as a pandas DataFrame.

        Raises: Usage, where pandas is not here.
        """
        try:
            import pandas as pd  # type: ignore[import-untyped]
        except ImportError:
            raise Usage("pandas is not here: pip install 'apportion-client[table]'") from None
        return pd.DataFrame(list(self), columns=list(self.columns))

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{escape(name)}</th>" for name in self.columns)
        body = "".join(
            "<tr>"
            + "".join(f"<td>{escape(str(row.get(name, '')))}</td>" for name in self.columns)
            + "</tr>"
            for row in self[:MOST_SHOWN]
        )
        more = len(self) - MOST_SHOWN
        tail = f"<p>and {more} more rows</p>" if more > 0 else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{tail}"
