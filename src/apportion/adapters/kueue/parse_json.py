"""JSON objects out of a stream: one on each line, or printed over many, as kubectl prints them.

Printed JSON has no line end inside a string, so an object ends where a brace stands as far to the
right as the one that began it. Only one object is held at a time, whatever the file's length.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from apportion.core.faults import Fault
from apportion.core.meter.lines import CUT_OFF, MAX_LINE_BYTES, Note, read_lines

REMEDY = "Export it again: kubectl get workloads -A -o json"
ITEMS = '"items": ['
ENDS = frozenset({"}", "},"})
EVENT_TYPES = frozenset({"ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One object, the line on which it starts, and whether it was just deleted."""

    line: int
    item: Mapping[str, Any]
    deleted: bool = False


@dataclass(slots=True)
class _State:
    """Where the reading of printed JSON stands."""

    lines: list[str]
    size: int = 0
    started_on: int = 0
    indent: int = 0
    in_list: bool = False


def read_objects(chunks: Iterable[bytes], *, file: str) -> Iterator[Found | Note | Fault]:
    """Reads objects, the items of lists, and the objects of watch events; bad ones stop nothing."""
    state = _State(lines=[])
    for item in read_lines(chunks, file=file):
        if isinstance(item, (Note, Fault)):
            yield item
            continue
        number, text = item
        whole = _go_on(state, text) if state.lines else _begin(state, number, text)
        if state.size > MAX_LINE_BYTES:
            what = f"an object longer than {MAX_LINE_BYTES} bytes"
            yield _fault(file, state.started_on, "", what)
            state.lines, state.size = [], 0
        if whole is not None:
            yield from _decode(whole, file, state.started_on)
    if state.lines or state.in_list:
        yield _fault(file, state.started_on, "".join(state.lines[:1]), CUT_OFF)


def _begin(state: _State, number: int, text: str) -> str | None:
    """Takes the first line of an object; the brackets between a list's items are nothing."""
    stripped = text.strip()
    state.started_on = number
    if stripped == "{":
        state.indent = len(text) - len(text.lstrip())
        state.lines, state.size = [text], len(text)
        return None
    if not stripped or (state.in_list and not stripped.startswith("{")):
        state.in_list = state.in_list and text.rstrip() != "}"  # the list's own end
        return None
    return stripped.rstrip(",")


def _go_on(state: _State, text: str) -> str | None:
    stripped = text.strip()
    if stripped == ITEMS and state.indent == 0 and not state.in_list:
        state.lines, state.size, state.in_list = [], 0, True
        return None
    state.lines.append(text)
    state.size += len(text)
    if stripped not in ENDS or len(text) - len(text.lstrip()) != state.indent:
        return None
    whole = "\n".join(state.lines).rstrip().rstrip(",")
    state.lines, state.size = [], 0
    return whole


def _decode(text: str, file: str, line: int) -> Iterator[Found | Fault]:
    try:
        held = json.loads(text)
    except (ValueError, RecursionError) as error:
        yield _fault(file, line, text, f"not JSON: {str(error)[:80]}")
        return
    if not isinstance(held, dict):
        yield _fault(file, line, text, "not an object")
        return
    deleted = False
    if held.get("type") in EVENT_TYPES and isinstance(held.get("object"), dict):
        if held["type"] in {"BOOKMARK", "ERROR"}:
            return
        deleted, held = held["type"] == "DELETED", held["object"]
    items = held.get("items")
    for one in items if isinstance(items, list) else [held]:
        if isinstance(one, dict):
            yield Found(line=line, item=one, deleted=deleted)
        else:
            yield _fault(file, line, str(one), "an item that is no object")


def _fault(file: str, line: int, value: str, what: str) -> Fault:
    return Fault(file=file, line=line, value=value, what=what, remedy=REMEDY)
