"""Judges a manifest by Kueue's own definitions, as a real API server would before it stores it."""

import re

import yaml


def schemas(folder):
    """Reads the schema of each kind and version."""
    found = {}
    for file in sorted(folder.glob("*.yaml")):
        spec = yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)["spec"]
        for version in spec["versions"]:
            schema = version["schema"]["openAPIV3Schema"]
            found[spec["names"]["kind"], version["name"]] = schema
    return found


def faults(value, schema, path="$"):
    """Lists what the schema does not allow: unknown and missing fields, types, values, lengths."""
    kind = schema.get("type")
    if schema.get("x-kubernetes-int-or-string"):
        yield from text_faults(str(value), schema, path)
    elif kind == "object":
        yield from object_faults(value, schema, path)
    elif kind == "array":
        if not isinstance(value, list) or len(value) > schema.get("maxItems", len(value)):
            yield f"{path}: not a list of the right length"
            return
        for at, one in enumerate(value):
            yield from faults(one, schema["items"], f"{path}[{at}]")
    elif kind == "string":
        yield from text_faults(value, schema, path)
    elif kind == "integer" and (not isinstance(value, int) or isinstance(value, bool)):
        yield f"{path}: not a whole number"


def object_faults(value, schema, path):
    if not isinstance(value, dict):
        yield f"{path}: not an object"
        return
    known = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{path}.{name}: missing"
    for name, one in value.items():
        if name in known:
            yield from faults(one, known[name], f"{path}.{name}")
        elif isinstance(more := schema.get("additionalProperties"), dict):
            yield from faults(one, more, f"{path}.{name}")
        elif path != "$.metadata" and not schema.get("x-kubernetes-preserve-unknown-fields"):
            yield f"{path}.{name}: unknown"


def text_faults(value, schema, path):
    if not isinstance(value, str):
        yield f"{path}: not text"
    elif value not in schema.get("enum", (value,)):
        yield f"{path}: {value} is not one of {schema['enum']}"
    elif len(value) > schema.get("maxLength", len(value)):
        yield f"{path}: too long"
    elif not re.search(schema.get("pattern", ""), value):
        yield f"{path}: {value} does not fit"


def rule_faults(manifest):
    """Kueue's two rules across fields that we could break."""
    spec = manifest["spec"]
    for group in spec.get("resourceGroups", ()):
        for flavor in group["flavors"]:
            if [one["name"] for one in flavor["resources"]] != group["coveredResources"]:
                yield f"flavor {flavor['name']} does not cover the group's resources"
            for one in flavor["resources"]:
                if "borrowingLimit" in one and not (spec.get("cohort") or spec.get("cohortName")):
                    yield "a borrowing limit without a cohort"
