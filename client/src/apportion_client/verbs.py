"""The office's verbs as commands: read from the table of verbs, sent as calls of the API."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import click

from apportion_client.fields import Kind, kind_of, place_value
from apportion_client.office import Office
from apportion_client.problems import Usage
from apportion_client.shapes import Layout, cell_text, write_rows

Told = Mapping[str, Any]
SHAPE_FLAGS = (
    click.Option(["--json", "as_json"], is_flag=True, help="As JSON."),
    click.Option(["--csv", "as_csv"], is_flag=True, help="As CSV."),
    click.Option(["-P", "--parsable"], is_flag=True, help="Fields joined by |."),
    click.Option(["-n", "--noheader"], is_flag=True, help="Without the header."),
    click.Option(["-o", "--format", "columns"], default="", help="Columns, joined by commas."),
)


@cache
def table_of_verbs() -> dict[str, Any]:
    """Gives the table that came with this client."""
    text = files("apportion_client").joinpath("verbs.json").read_text(encoding="utf-8")
    held: dict[str, Any] = json.loads(text)
    return held


def add_verbs(root: click.Group, office: Callable[[], Office]) -> None:
    """Hangs every verb of the office into the command line."""
    held = table_of_verbs()
    for verb, told in sorted(held["verbs"].items()):
        group, name = _group(root, verb)
        group.add_command(_command(name, verb, told, office))
    for verb, why in held["local"].items():
        group, name = _group(root, verb)
        group.add_command(_stays(name, verb, why))


def _group(root: click.Group, verb: str) -> tuple[click.Group, str]:
    *parents, name = verb.split()
    for word in parents:
        inner = root.commands.get(word)
        if not isinstance(inner, click.Group):
            inner = click.Group(word, help=f"Verbs of {word}.")
            root.add_command(inner)
        root = inner
    return root, name


def _stays(name: str, verb: str, why: str) -> click.Command:
    """Makes a verb that says where it can be run."""

    def run(words: Sequence[str]) -> None:  # noqa: ARG001  whatever was said after it
        raise Usage(f"`apportion {verb}` runs where the office is installed: it {why}")

    words = click.Argument(["words"], nargs=-1, type=click.UNPROCESSED)
    settings = {"ignore_unknown_options": True}
    return click.Command(name, params=[words], callback=run, hidden=True, context_settings=settings)


def _command(name: str, verb: str, told: Told, office: Callable[[], Office]) -> click.Command:
    calls: Sequence[Told] = told["calls"]
    parameters = dict(_parameters(calls))
    columns = next((call["columns"] for call in calls if "columns" in call), ())
    text = any(call["media"] not in {"application/json", ""} for call in calls)

    def run(**given: Any) -> None:
        shown = {key: given.pop(key, None) for key in ("as_json", "as_csv", "parsable", "noheader")}
        chosen, out = given.pop("columns", ""), given.pop("out_file", None)
        match = given.pop("if_match", None)
        call, values = _choose(verb, calls, {k: v for k, v in given.items() if v not in (None, ())})
        with office() as held:
            if "columns" in call:
                rows = held.rows(_path(call, values), **_in(call, values, "query"))
                layout = Layout(
                    shape=_shape(shown), header=not shown["noheader"], columns=_split(chosen)
                )
                write_rows(rows, call["columns"], layout, sys.stdout)
            elif call["method"] == "GET" and call["media"] != "application/json":
                _copy(held, call, values, out)
            else:
                _tell(_send(held, call, values, match), as_json=bool(shown["as_json"]))

    more: list[click.Parameter] = list(SHAPE_FLAGS if columns else SHAPE_FLAGS[:1])
    if text:
        more = [click.Option(["--out", "out_file"], type=click.Path(), help="Into this file.")]
    if any(field["in"] == "header" for call in calls for field in call["fields"]):
        more.append(click.Option(["--if-match"], hidden=True, help="The ETag that was read."))
    return click.Command(
        name, params=[*parameters.values(), *more], callback=run, help=told["about"]
    )


def _parameters(calls: Sequence[Told]) -> Iterator[tuple[str, click.Parameter]]:
    """Makes a parameter of each field; one that not every call needs may be left out."""
    fields: dict[str, Told] = {}
    for call in calls:
        for field in call["fields"]:
            if field["in"] != "header" and field["kind"] != "constant":
                fields.setdefault(field["name"], field)
    for name, field in fields.items():
        required = all(
            any(one["name"] == name and _is_asked(one) for one in call["fields"]) for call in calls
        )
        kind = kind_of(field)
        if field.get("positional"):
            many = -1 if kind.many else 1
            yield name, click.Argument([name], required=required, type=kind, nargs=many)
        elif kind.name == "not":
            yield name, click.Option([field["flag"], name], is_flag=True, help=field["help"])
        elif kind.name == "yes":
            flag = field["flag"]
            both = f"{flag}/--no-{flag.removeprefix('--')}"
            yield name, click.Option([both, name], default=None, help=field["help"])
        else:
            yield (
                name,
                click.Option(
                    [field["flag"], name],
                    required=required,
                    type=kind,
                    multiple=kind.many,
                    help=_help(field, kind),
                ),
            )


def _help(field: Told, kind: Kind) -> str:
    hint = " Repeatable." if kind.many else ""
    return f"{field['help']} {kind.hint}".strip() + hint


def _choose(verb: str, calls: Sequence[Told], given: Told) -> tuple[Told, Told]:
    """Chooses, of the calls that do this verb, the one that takes most of what was said."""
    fitting = []
    for call in calls:
        names = {field["name"] for field in call["fields"]}
        missing = {f["flag"] for f in call["fields"] if _is_asked(f) and f["name"] not in given}
        if not missing and set(given) <= names:
            fitting.append((sum(map(_is_asked, call["fields"])), call))
    if not fitting:
        raise Usage(
            f"apportion {verb}: no call takes just these words together; see "
            f"apportion {verb} --help"
        )
    return max(fitting, key=lambda one: one[0])[1], given


def _is_asked(field: Told) -> bool:
    """Says whether a field has to be said by whoever calls."""
    return bool(field["required"]) and field["kind"] not in {"constant", "not"}


def _in(call: Told, values: Told, place: str) -> dict[str, Any]:
    return {
        field["at"][0]: values[field["name"]]
        for field in call["fields"]
        if field["in"] == place and field["name"] in values
    }


def _path(call: Told, values: Told) -> str:
    from urllib.parse import quote

    path: str = call["path"]
    for name, value in _in(call, values, "path").items():
        path = path.replace("{" + name + "}", quote(str(value), safe=""))
    return path


def _send(office: Office, call: Told, values: Told, match: str | None) -> Any:
    body: dict[str, Any] | None = None
    for field in call["fields"]:
        if field["in"] == "body":
            body = {} if body is None else body
            place_value(body, field, values)
    headers = {"If-Match": match} if match else None
    query = _in(call, values, "query")
    return office.call(call["method"], _path(call, values), query=query, body=body, headers=headers)


def _copy(office: Office, call: Told, values: Told, out: str | None) -> None:
    path, query = _path(call, values), _in(call, values, "query")
    if out is None:
        office.copy_to(sys.stdout.buffer, path, **query)
        return
    with click.open_file(out, "wb", atomic=True) as file:  # there whole, or not at all
        office.copy_to(file, path, **query)


def _tell(answer: Any, *, as_json: bool) -> None:
    if as_json or not isinstance(answer, dict):
        plain = answer if isinstance(answer, str) and not as_json else None
        click.echo(plain if plain is not None else json.dumps(answer, indent=1, ensure_ascii=False))
    elif set(answer) <= {"ref", "state", "words"}:
        words = cell_text(answer.get("words"))
        click.echo(words or f"{answer.get('ref')}: {answer.get('state')}")
    else:
        for line in _lines(answer, 0):
            click.echo(line)


def _lines(held: Any, deep: int) -> Iterator[str]:
    """Writes an answer as indented lines: names, then what they hold."""
    room = "  " * deep
    for name, value in held.items() if isinstance(held, dict) else enumerate(held, 1):
        title = str(name).replace("_", " ")
        if isinstance(value, dict | list) and value:
            yield f"{room}{title}:"
            yield from _lines(value, deep + 1)
        elif value not in (None, "", [], {}):
            yield f"{room}{title}: {cell_text(value)}"


def _shape(shown: Mapping[str, Any]) -> str:
    kinds = {"as_json": "json", "as_csv": "csv", "parsable": "parsable"}
    wanted = [shape for flag, shape in kinds.items() if shown[flag]]
    if len(wanted) > 1:
        raise Usage("one shape at a time: --json, --csv or -P")
    return wanted[0] if wanted else "table"


def _split(columns: str) -> tuple[str, ...]:
    return tuple(name.strip().lower() for name in columns.split(",") if name.strip())
