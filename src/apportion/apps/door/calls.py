"""What an app offers to programs: each call with its address, its verb and the shape of its answer.

An app's `api.py` makes one `Calls` and hangs its functions on it. Nothing here speaks HTTP: the
office reads what was declared, and from it comes the description too.
"""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from keyword import iskeyword
from typing import Annotated, Any, get_args, get_type_hints

from django.db.models import QuerySet
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, create_model
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from apportion.apps.people.gates import Visit

Run = Callable[..., Any]
PLACE = re.compile(r"{(\w+)}")
OF_THE_PAGE = ("limit",)  # a flag that the page of rows brings itself


class Caller(Visit):
    """A request of a program that has passed the door."""

    entropy: Callable[[int], bytes]
    scopes: frozenset[str] | None  # of the token; none in the session of a page


class Body(BaseModel):
    """What a call takes; a field that it does not know is refused."""

    model_config = ConfigDict(extra="forbid")


class Answer(BaseModel):
    """What a call gives."""

    model_config = ConfigDict(from_attributes=True, extra="ignore")


class Nothing(Body):
    """The body of a call that needs no words."""


class Done(Answer):
    """What came of an act."""

    ref: str = Field(description="What was acted on.")
    state: str = Field(description="How it stands now.")
    words: str = Field(default="", description="The same in a sentence.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Rows that are read a page at a time, in the order of a column that never changes."""

    rows: QuerySet[Any]
    tell: Callable[[Any], object] = lambda row: row
    key: str = "pk"
    newest_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call. Shape: `commands` are the verbs of the command line that do the same."""

    method: str
    path: str
    verb: str
    run: Run
    answer: Any
    commands: tuple[str, ...]
    summary: str
    places: type[BaseModel]
    query: type[BaseModel]
    body: type[BaseModel] | None
    media: str = "application/json"
    status: int = 200
    is_paged: bool = False
    location: str = ""  # where what was made can be read: "/rounds/{ref}"


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls of one app."""

    tag: str
    held: list[Call] = field(default_factory=list)

    def __iter__(self) -> Iterator[Call]:
        return iter(self.held)

    def read(
        self, path: str, verb: str, *commands: str, answer: Any = None, media: str = ""
    ) -> Callable[[Run], Run]:
        """Offers something to be read; with a media type, its text as it is."""
        more = {"media": media or "application/json", "answer": str if media else answer}
        return self._hang("GET", path, verb, commands, more)

    def rows(self, path: str, verb: str, *commands: str, row: Any) -> Callable[[Run], Run]:
        """Offers rows, a page at a time: the function gives a sequence, or `Found`."""
        return self._hang("GET", path, verb, commands, {"answer": row, "is_paged": True})

    def act(
        self,
        path: str,
        verb: str,
        *commands: str,
        answer: Any = Done,
        makes: str = "",
        method: str = "POST",
    ) -> Callable[[Run], Run]:
        """Offers an act; `makes` is the address of what it makes."""
        more = {"answer": answer, "location": makes, "status": 201 if makes else 200}
        return self._hang(method, path, verb, commands, more)

    def listing(self, path: str, verb: str, command: Run, *commands: str, row: Any) -> None:
        """Offers a listing of the command line as it is: the same function, flags and columns."""
        self._keep("GET", path, verb, commands, {"answer": row, "is_paged": True}, _plain(command))

    def _hang(
        self, method: str, path: str, verb: str, commands: tuple[str, ...], more: dict[str, Any]
    ) -> Callable[[Run], Run]:
        def hang(run: Run) -> Run:
            self._keep(method, path, verb, commands, more, run)
            return run

        return hang

    def _keep(
        self,
        method: str,
        path: str,
        verb: str,
        commands: tuple[str, ...],
        more: dict[str, Any],
        run: Run,
    ) -> None:
        places, query, body = _parts(run, path)
        summary = (inspect.getdoc(run) or "").split("\n")[0]
        self.held.append(
            Call(
                method=method,
                path=path,
                verb=verb,
                run=run,
                commands=commands,
                summary=summary,
                places=places,
                query=query,
                body=body,
                **more,
            )
        )


def row(name: str, columns: str) -> type[BaseModel]:
    """Makes the shape of a row from its columns: `slug name closes_at:at size:n open:yes`.

    Shape: a column without a kind is text; each may be null, as a cell may be empty.
    """
    fields: dict[str, Any] = {}
    for column in columns.split():
        title, _, kind = column.partition(":")
        python = f"{title}_" if title in {"from", "not"} else title
        fields[python] = (KINDS[kind] | None, Field(default=None, alias=title))
    config = ConfigDict(from_attributes=True, extra="ignore", populate_by_name=True)
    return create_model(name, __config__=config, **fields)


def as_text(value: object) -> object:
    """Writes what a cell holds as text: enums by their value, the rest as Python does."""
    if value is None or isinstance(value, str):
        return value if not isinstance(value, Enum) else str(value.value)
    return str(value.value) if isinstance(value, Enum) else str(value)


def _as_instant(value: object) -> object:
    return value or None  # an empty cell


CellText = Annotated[str, BeforeValidator(as_text)]
KINDS: dict[str, Any] = {
    "": CellText,
    "at": Annotated[AwareDatetime, BeforeValidator(_as_instant)],
    "n": int,
    "x": float,
    "yes": bool,
    "any": Any,
}


def _parts(run: Run, path: str) -> tuple[type[BaseModel], type[BaseModel], type[BaseModel] | None]:
    """Sorts what a function takes into its address, its query and its body."""
    places = set(PLACE.findall(path))
    in_path: dict[str, Any] = {}
    in_query: dict[str, Any] = {}
    body: type[BaseModel] | None = None
    hints = get_type_hints(run, include_extras=True)
    for parameter in list(inspect.signature(run).parameters.values())[1:]:
        kind = hints.get(parameter.name, str)
        if isinstance(kind, type) and issubclass(kind, Body):
            body = kind
            continue
        default = ... if parameter.default is inspect.Parameter.empty else parameter.default
        (in_path if parameter.name in places else in_query)[parameter.name] = (kind, default)
    config = ConfigDict(extra="forbid")
    title = getattr(run, "__name__", "call")
    return (
        create_model(f"{title}_path", __config__=config, **in_path),
        create_model(f"{title}_query", __config__=config, **in_query),
        body,
    )


@dataclass(frozen=True, slots=True)
class _Desk:
    """What a command's context holds, for one that is called from here."""

    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class _Context:
    obj: _Desk


def _plain(command: Run) -> Run:
    """Makes a call of a command's function: its flags become parameters, and whoever calls is `--as`."""
    rows_of = inspect.unwrap(command)
    names = {given: _flag(parameter) for given, parameter in _flags(rows_of).items()}

    def run(caller: Caller, **given: Any) -> Sequence[Mapping[str, object]]:
        filled: dict[str, Any] = {name: given[flag] for name, flag in names.items()}
        known = inspect.signature(rows_of).parameters
        filled |= {name: _default(known[name].default) for name in OF_THE_PAGE if name in known}
        if "ctx" in known:
            filled["ctx"] = _Context(_Desk(lambda: caller.now))
        if "by" in known:
            filled["by"] = caller.user.username
        rows: Sequence[Mapping[str, object]] = rows_of(**filled)
        return rows

    first = inspect.Parameter("caller", inspect.Parameter.POSITIONAL_ONLY, annotation=Caller)
    taken = [
        inspect.Parameter(
            names[given],
            inspect.Parameter.KEYWORD_ONLY,
            annotation=parameter.annotation,
            default=_default(parameter.default),
        )
        for given, parameter in _flags(rows_of).items()
    ]
    run.__signature__ = inspect.Signature([first, *taken])  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in taken}
    run.__doc__, run.__name__ = inspect.getdoc(rows_of), rows_of.__name__
    return run


def _flags(rows_of: Run) -> dict[str, inspect.Parameter]:
    known = inspect.signature(rows_of, eval_str=True).parameters
    return {name: one for name, one in known.items() if name not in {"ctx", "by", *OF_THE_PAGE}}


def _flag(parameter: inspect.Parameter) -> str:
    """The name that a shell knows a flag by: `--round` is `round`; `--from` keeps its own."""
    told: Sequence[str] = getattr(parameter.default, "param_decls", None) or ()
    long = next((one for one in told if one.startswith("--")), parameter.name)
    name = long.split("/")[0].lstrip("-").replace("-", "_")
    if iskeyword(name):
        return parameter.name
    return "slug" if name == "round_slug" else name


def _default(given: Any) -> Any:
    value = getattr(given, "default", given)
    if value is PydanticUndefined or value is ...:
        return inspect.Parameter.empty
    return value


def is_many(kind: Any) -> bool:
    """Says whether a parameter may be given more than once."""
    return getattr(kind, "__origin__", kind) is list


def plain_kind(info: FieldInfo) -> Any:
    """The type of a field without its `None`."""
    kinds = [one for one in get_args(info.annotation) if one is not type(None)]
    if info.annotation is None or is_many(info.annotation) or len(kinds) != 1:
        return info.annotation
    return kinds[0]
