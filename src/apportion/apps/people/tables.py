"""A page's table as a file: CSV that no spreadsheet runs, and JSON."""

from collections.abc import Mapping, Sequence

from django.http import HttpResponse, JsonResponse

from apportion.adapters.terminal.render import Layout, render_rows

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
