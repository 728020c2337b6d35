"""How a word of the command line becomes a field of a call: amounts, instants, files, pairs."""

import base64
import json
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

LARGEST_FILE = 64_000_000
UNITS = {"h": 3600, "w": 604_800, "s": 1, "items": 1}
WRITTEN = re.compile(r"(\d{1,18}(?:\.\d{1,18})?)\s*(h|w|s|items)", re.ASCII)
AMOUNT = "write 1200h, 2w, 3600s or 5items"
HINTS = {
    "amount": f"An amount: {AMOUNT}.",
    "at": "An instant: 2026-03-01 or 2026-03-01T12:00+01:00; UTC where no zone is said.",
    "file": "A file; - is standard input.",
    "base64": "A file; - is standard input.",
    "lines": "A file; - is standard input.",
    "map amount": "NAME=AMOUNT, like gpu:h100=1200h.",
    "map int": "NAME=NUMBER.",
    "map text": "NAME=WORDS.",
    "json": "JSON, or @file.json.",
    "pin": "REF=in, full, minimum or out.",
}


PART = "{resource}"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file as a call takes it."""

    name: str
    base64: str


class Kind(click.ParamType[Any]):
    """A kind of field, as the table of verbs names it."""

    def __init__(self, named: str, choices: tuple[str, ...]) -> None:
        self.many = named.startswith(("many ", "map "))
        self.name = named.removeprefix("many ")
        self.choices = choices

    @property
    def hint(self) -> str:
        """Says how a value is written."""
        if self.choices:
            return f"One of {', '.join(self.choices)}."
        return HINTS.get(self.name, "")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Reads one word."""
        if not isinstance(value, str):
            return value
        try:
            return _read(self.name, value, self.choices)
        except (ValueError, OSError) as error:
            self.fail(str(error), param, ctx)

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002  click calls it so
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem]:
        """Offers what can stand here."""
        if self.name in {"file", "base64"}:
            return [CompletionItem(incomplete, type="file")]
        return [CompletionItem(one) for one in self.choices if one.startswith(incomplete)]


def kind_of(field: Mapping[str, Any]) -> Kind:
    """Gives the kind of a field."""
    return Kind(field["kind"], tuple(field.get("choices", ())))


def place_value(body: dict[str, Any], field: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """Puts what was given for a field where the body of a call has it."""
    value = given.get(field["name"], field.get("value"))
    if field["kind"] == "not":
        value = not value
    elif value is None and not field.get("null"):
        return
    elif isinstance(value, File):
        body.setdefault("name", value.name)
        value = value.base64
    elif field["kind"].startswith("map "):
        value = dict(value)
    elif isinstance(value, tuple):
        value = list(value)
    *parents, last = (given.get("resource", "gpu:h100") if at == PART else at for at in field["at"])
    for name in parents:
        body = body.setdefault(name, {})
    body[last] = value


def read_amount(text: str) -> int:
    """Reads an amount with its unit, exactly.

    Units: base units of the resource: seconds of one unit, or items.
    Raises: ValueError. A bare number is refused: hours at the office, it would be seconds here.
    """
    shape = WRITTEN.fullmatch(text.strip().lower())
    if shape is None:
        raise ValueError(f"{text!r} is no amount with its unit; {AMOUNT}")
    value = Fraction(shape[1]) * UNITS[shape[2]]
    if value.denominator != 1:
        raise ValueError(f"{text!r} is no whole number of base units; {AMOUNT}")
    return value.numerator


def read_instant(text: str) -> str:
    """Reads an instant, and writes it as the API takes it."""
    try:
        held = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no instant; write 2026-03-01T12:00+01:00") from None
    return (held if held.tzinfo else held.replace(tzinfo=UTC)).isoformat()


def read_file(name: str) -> bytes:
    """Reads a file whole."""
    if name == "-":
        return sys.stdin.buffer.read(LARGEST_FILE)
    path = Path(name)
    if path.stat().st_size > LARGEST_FILE:
        raise ValueError(f"{name} is larger than {LARGEST_FILE:,} bytes")
    return path.read_bytes()


def _read(kind: str, text: str, choices: tuple[str, ...]) -> Any:
    if choices and text not in choices:
        raise ValueError(f"{text!r} is none of {', '.join(choices)}")
    if kind.startswith("map "):
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise ValueError(f"{text!r} is no pair; write {HINTS[kind]}")
        return name, _read(kind.removeprefix("map "), value, ())
    return READERS.get(kind, str)(text)


def _read_json(text: str) -> Any:
    return json.loads(read_file(text[1:]) if text.startswith("@") else text)


def _read_text_file(name: str) -> str:
    return read_file(name).decode("utf-8")


def _read_lines(name: str) -> list[str]:
    return read_file(name).decode("utf-8").splitlines()


def _read_base64(name: str) -> File:
    data = base64.b64encode(read_file(name)).decode("ascii")
    return File(name="standard-input" if name == "-" else Path(name).name, base64=data)


def _read_pin(text: str) -> dict[str, str]:
    owner, equals, where = text.partition("=")
    if not equals:
        raise ValueError(f"{text!r} is no pin; write REF=in")
    return {"moved": where, "owner": owner}


def _read_hundredths(text: str) -> int:
    try:
        value = Decimal(text) * 100
    except InvalidOperation:
        raise ValueError(f"{text!r} is no score; write 7.5") from None
    if not value.is_finite() or value != int(value):
        raise ValueError(f"{text!r} is no score; write 7.5, with at most two decimals")
    return int(value)


READERS: dict[str, Callable[[str], Any]] = {
    "amount": read_amount,
    "at": read_instant,
    "file": _read_text_file,
    "base64": _read_base64,
    "int": int,
    "number": float,
    "hundredths": _read_hundredths,
    "pin": _read_pin,
    "json": _read_json,
    "lines": _read_lines,
}
