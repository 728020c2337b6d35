"""Gives a command that returns rows the five flags that every listing has."""

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

import typer

from apportion.adapters.terminal.render import Layout, Row, render_rows

FLAGS: tuple[tuple[str, type, Any], ...] = (
    ("as_json", bool, typer.Option(False, "--json", help="As JSON.")),
    ("as_csv", bool, typer.Option(False, "--csv", help="As CSV.")),
    ("parsable", bool, typer.Option(False, "-P", "--parsable", help="Fields joined by |.")),
    ("no_header", bool, typer.Option(False, "-n", "--noheader", help="Without the header.")),
    ("columns", str, typer.Option("", "-o", "--format", help="Columns, joined by commas.")),
)


def listing(*columns: str) -> Callable[[Callable[..., Sequence[Row]]], Callable[..., None]]:
    """Turns a function that gives rows into a command that prints them as asked."""

    def wrap(rows_of: Callable[..., Sequence[Row]]) -> Callable[..., None]:
        @functools.wraps(rows_of)
        def command(*args: Any, **given: Any) -> None:
            flags = {name: given.pop(name) for name, _, _ in FLAGS}
            layout = Layout(
                as_json=flags["as_json"],
                as_csv=flags["as_csv"],
                parsable=flags["parsable"],
                header=not flags["no_header"],
                columns=_choose(flags["columns"], columns),
            )
            typer.echo(render_rows(rows_of(*args, **given), columns, layout))

        added = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=option, annotation=kind)
            for name, kind, option in FLAGS
        ]
        signature = inspect.signature(rows_of)
        command.__signature__ = signature.replace(  # type: ignore[attr-defined]  # what typer reads
            parameters=[*signature.parameters.values(), *added]
        )
        command.table = (columns, rows_of)  # type: ignore[attr-defined]  # for `table_of`
        command.__annotations__ = rows_of.__annotations__ | {name: kind for name, kind, _ in FLAGS}
        return command

    return wrap


def table_of(command: Callable[..., None]) -> tuple[tuple[str, ...], Callable[..., Sequence[Row]]]:
    """Gives the columns of a listing and what reads its rows, so that a page's file is the same."""
    found: tuple[tuple[str, ...], Callable[..., Sequence[Row]]] = command.table  # type: ignore[attr-defined]  # `listing` sets it
    return found


def _choose(wanted: str, columns: Sequence[str]) -> tuple[str, ...]:
    chosen = tuple(name.strip().lower() for name in wanted.split(",") if name.strip())
    unknown = [name for name in chosen if name not in columns]
    if unknown:
        raise typer.BadParameter(f"no column {', '.join(unknown)}; there are {', '.join(columns)}")
    return chosen
