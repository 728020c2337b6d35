"""A page's table as a file: CSV that no spreadsheet runs, and JSON."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from apportion.adapters.terminal.listing import table_of
from apportion.adapters.terminal.render import Layout, render_rows
from apportion.apps.people.gates import Route, Visit, allowed

KINDS = ("csv", "json")


def table_file(
    kind: str, name: str, columns: Sequence[str], rows: Sequence[Mapping[str, object]]
) -> HttpResponse:
    """Answers with rows as `csv` or `json`; the JSON holds them under the table's name."""
    if kind == "json":
        plain = [{column: row.get(column) for column in columns} for row in rows]
        return JsonResponse({name: plain}, json_dumps_params={"ensure_ascii": False})
    text = render_rows(rows, columns, Layout(as_csv=True))
    response = HttpResponse(f"{text}\n", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


Rows = Sequence[Mapping[str, object]]


def file_route(
    verb: str, name: str, columns: Sequence[str], read: Callable[..., Rows]
) -> Route[...]:
    """Makes the door of a table's file: `read` gets the visit and what the address names.

    Refuses: NOT_ALLOWED, as the page beside which it stands.
    """

    @require_safe
    @allowed(verb)
    def give(request: Visit, /, kind: str, **asked: Any) -> HttpResponse:
        if kind not in KINDS:
            raise Http404
        return table_file(kind, name, columns, read(request, **asked))

    give.__module__ = read.__module__
    return give


def listing_route(verb: str, name: str, command: Callable[..., None]) -> Route[...]:
    """Makes the door of a table that a command lists too: the same columns and the same rows.

    What the address names is what the command takes, under the same names.
    """
    columns, rows = table_of(command)
    return file_route(verb, name, columns, lambda _, **asked: rows(**asked))
