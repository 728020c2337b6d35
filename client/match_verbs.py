"""Matches the office's calls with the verbs of its command line, flag by flag."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ALIASES = Path(__file__).resolve().parent / "aliases.toml"
SEEN_TO = {"cursor", "limit", "Idempotency-Key", "If-None-Match"}
# Flags of the office's machine that have no meaning from afar: who acts is said by the token.
NOT_AFAR = {"by", "as_json", "as_csv", "parsable", "no_header", "columns", "ctx"}
FILES = {"base64", "toml", "policy", "csv", "text", "content"}


def match_verbs(description: dict[str, Any]) -> dict[str, Any]:
    """Gives the table of verbs that the client is built of."""
    from apportion.office.api.gather import LOCAL

    aliases = tomllib.loads(ALIASES.read_text(encoding="utf-8"))
    here = dict(_commands())
    verbs: dict[str, Any] = {}
    for path, operations in description["paths"].items():
        for method, told in operations.items():
            for command in told.get("x-commands", ()):
                verb = command.removeprefix("apportion ")
                call = _call(path, method.upper(), told, description["components"]["schemas"])
                _name_flags(call, here.get(verb, {}), aliases.get(verb, {}))
                held = verbs.setdefault(verb, {"about": told["summary"], "calls": []})
                held["calls"].append(call)
    for verb, held in verbs.items():
        held["about"] = here.get(verb, {}).get("about") or held["about"]
    return {"verbs": verbs, "local": dict(LOCAL)}


def _commands() -> Iterator[tuple[str, dict[str, Any]]]:
    """Walks the office's own command line."""
    from apportion.office.cli import build

    waiting: list[tuple[str, Any]] = [("", build())]
    while waiting:
        verb, command = waiting.pop()
        if hasattr(command, "commands"):
            waiting += [(f"{verb} {name}".strip(), one) for name, one in command.commands.items()]
            continue
        about = (command.help or "").split("\n")[0]
        held = {p.name: _parameter(p) for p in command.params if p.name not in NOT_AFAR}
        yield verb, {"about": about, "parameters": held}


def _parameter(parameter: Any) -> dict[str, Any]:
    is_argument = parameter.param_type_name == "argument"
    long = [one for one in parameter.opts if one.startswith("--")]
    return {
        "positional": is_argument,
        "flag": "" if is_argument else (long or parameter.opts)[0],
        "is_path": "Path" in repr(parameter.type_descriptor.annotation),
        "help": getattr(parameter, "help", None) or "",
    }


def _call(
    path: str, method: str, told: Mapping[str, Any], shapes: dict[str, Any]
) -> dict[str, Any]:
    fields = [
        _field(
            one["name"], [one["name"]], one["in"], one["schema"], one.get("required", False), shapes
        )
        for one in told["parameters"]
        if one["name"] not in SEEN_TO
    ]
    content = told.get("requestBody", {}).get("content", {}).get("application/json")
    if content:
        fields += _body([], content["schema"], True, shapes)
    status, answer = next((s, a) for s, a in told["responses"].items() if s.startswith("2"))
    media, held = next(iter(answer.get("content", {"": {"schema": {}}}).items()))
    columns = _columns(held["schema"], shapes)
    return {
        "method": method,
        "path": path,
        "status": int(status),
        "media": media,
        "fields": _distinct(fields),
        **({"columns": columns} if columns else {}),
    }


def _columns(shape: dict[str, Any], shapes: dict[str, Any]) -> list[str]:
    items = shape.get("properties", {}).get("items", {}).get("items")
    return list(_resolve(items, shapes).get("properties", {})) if items else []


def _body(
    at: list[str], shape: dict[str, Any], required: bool, shapes: dict[str, Any]
) -> list[dict[str, Any]]:
    """Lists the leaves of a body; what has no fixed fields is one leaf."""
    shape = _resolve(shape, shapes)
    needed = shape.get("required", [])
    found = []
    for name, held in shape.get("properties", {}).items():
        must = required and name in needed
        inner = _resolve(held, shapes)
        if inner.get("properties"):
            found += _body([*at, name], inner, must, shapes)
        else:
            words = {"_of": shape, **({"_null": True} if is_null(held) else {})}
            found.append(_field(name, [*at, name], "body", {**inner, **words}, must, shapes))
    return found


def _field(
    name: str,
    at: list[str],
    place: str,
    shape: dict[str, Any],
    required: bool,
    shapes: dict[str, Any],
) -> dict[str, Any]:
    inner = _resolve(shape, shapes)
    about = shape.get("description") or inner.get("description", "")
    words = f"{about} {shape.get('_of', {}).get('description', '')}"
    kind, choices = _kind(name, inner, words, shapes)
    return {
        "name": name,
        "at": at,
        "in": place,
        "kind": kind,
        "required": required and not is_null(shape),
        **({"null": True} if required and is_null(shape) else {}),
        "help": about.split("\n")[0],
        **({"choices": choices} if choices else {}),
    }


def _kind(
    name: str, shape: dict[str, Any], words: str, shapes: dict[str, Any]
) -> tuple[str, list[str]]:
    """Names how a field is written on a command line, and what it may be."""
    kind = shape.get("type")
    if kind == "array":
        inner, choices = _kind(name, _resolve(shape.get("items", {}), shapes), words, shapes)
        return ("json", []) if inner in {"json", "map"} else (f"many {inner}", choices)
    if kind == "object":
        held = shape.get("additionalProperties")
        inner = _resolve(held, shapes).get("type") if isinstance(held, dict) else None
        number = "map amount" if "base unit" in words.lower() else "map int"
        return {"integer": number, "string": "map text"}.get(str(inner), "json"), []
    if kind is None and "anyOf" in shape:
        return "text", []
    plain = {"string": "text", "boolean": "yes", "number": "number", "integer": "int"}
    return _refined(name, plain.get(str(kind), "json"), shape, words), list(shape.get("enum", ()))


def _refined(name: str, kind: str, shape: dict[str, Any], words: str) -> str:
    if kind == "int" and "base unit" in words.lower():
        return "amount"
    if kind == "text" and shape.get("format") == "date-time":
        return "at"
    return "base64" if kind == "text" and name == "base64" else kind


def _resolve(shape: dict[str, Any], shapes: dict[str, Any]) -> dict[str, Any]:
    """Follows references and lets `null` aside."""
    while True:
        if "$ref" in shape:
            target = shapes[shape["$ref"].rpartition("/")[2]]
            rest = {name: held for name, held in shape.items() if name != "$ref"}
            shape = {**target, **rest}
            continue
        kinds = [one for one in shape.get("anyOf", ()) if one.get("type") != "null"]
        if len(kinds) != 1:
            return shape
        rest = {name: held for name, held in shape.items() if name != "anyOf"}
        shape = {**kinds[0], **rest}


def is_null(shape: Mapping[str, Any]) -> bool:
    """Says whether null may stand here."""
    return "_null" in shape or any(one.get("type") == "null" for one in shape.get("anyOf", ()))


def _distinct(fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Tells leaves of one name apart by where they stand."""
    names = [one["name"] for one in fields]
    for one in fields:
        if names.count(one["name"]) > 1 and len(one["at"]) > 1:
            one["name"] = "_".join(one["at"])
    return fields


def _name_flags(call: dict[str, Any], here: dict[str, Any], aliases: dict[str, Any]) -> None:
    """Gives each field the flag, or the place among the words, that it has at the office."""
    known: dict[str, dict[str, Any]] = dict(here.get("parameters", {}))
    constant = aliases.get("constant", {})
    said = {name: field.partition(":") for name, field in aliases.items() if name != "constant"}
    call["fields"] = _filled(call["fields"], constant, said)
    taken: dict[str, str] = {}
    for field in call["fields"]:
        dotted = ".".join(field["at"])
        told = next((name for name, (where, _, _) in said.items() if where == dotted), "")
        name = told or _same_name(field, known)
        if name in known:
            taken[dotted] = name
        if told and said[told][2]:
            field["kind"] = said[told][2]
    loose = [
        name for name, one in known.items() if one["positional"] and name not in taken.values()
    ]
    places = [f for f in call["fields"] if f["in"] == "path" and ".".join(f["at"]) not in taken]
    if len(loose) == len(places):
        taken |= {".".join(f["at"]): name for f, name in zip(places, loose, strict=True)}
    order = list(known)
    for field in call["fields"]:
        _name_flag(field, taken.get(".".join(field["at"]), ""), known, order)
    call["fields"].sort(key=lambda one: one["order"])
    for field in call["fields"]:
        del field["order"]


def _filled(
    fields: list[dict[str, Any]], constant: Mapping[str, Any], said: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Takes out what nobody is asked for, and puts the parts of a map where its flags fill it."""
    found = []
    for field in fields:
        name = field["name"]
        parts = [
            (flag, where) for flag, (where, _, _) in said.items() if where.startswith(f"{name}.{{")
        ]
        for flag, where in parts:
            found.append({**field, "name": flag, "at": where.split("."), "help": ""})
        beside = [
            one for one in fields if one["kind"] == "base64" and one["at"][:-1] == field["at"][:-1]
        ]
        if name in constant and not parts:
            found.append({**field, "kind": "constant", "value": constant[name]})
        elif not parts and not (beside and name == "name"):
            found.append(field)
    if any(where.count("{resource}") for where, _, _ in said.values()):
        kind = {"name": "resource", "at": ["resource"], "in": "part", "kind": "text"}
        words = {"required": False, "help": "What is asked for.", "value": constant["resource"]}
        found.append({**kind, **words})
    return found


def _same_name(field: Mapping[str, Any], known: Mapping[str, dict[str, Any]]) -> str:
    by_flag = {one["flag"].lstrip("-").replace("-", "_"): name for name, one in known.items()}
    name = field["name"]
    if name in known:
        return str(name)
    return by_flag.get(name, "") or by_flag.get(name.removeprefix("is_"), "")


def _name_flag(
    field: dict[str, Any], name: str, known: Mapping[str, dict[str, Any]], order: list[str]
) -> None:
    local = known.get(name, {})
    field["order"] = order.index(name) if name else len(order) + (field["in"] != "path")
    if local.get("positional") or (not local and field["in"] == "path"):
        field["positional"] = True
        field["flag"] = (name or field["name"]).upper()
    else:
        field["flag"] = local.get("flag") or "--" + field["name"].lower().replace("_", "-")
    field["help"] = local.get("help") or field["help"]
    is_file = local.get("is_path") or (field["in"] == "body" and field["name"] in FILES)
    if field["kind"] == "text" and is_file:
        field["kind"] = "file"
    field["name"] = name or field["name"]
