"""Kueue's objects as facts: what a queue says, in the same words in which it is wanted."""

import re
from collections.abc import Mapping
from typing import Any

from apportion.adapters.kueue.render import (
    COHORT_FIELD,
    GENERATION,
    MANAGED_BY,
    MANAGER,
    NAMESPACE_LABEL,
    QUOTA,
)
from apportion.core.enforce.kueue import Kind
from apportion.core.enforce.kueue_plan import Held
from apportion.core.faults import shorten

NO_LIMIT = "any"
QUANTITY = re.compile(r"([0-9]{1,15})(?:\.([0-9]{1,9}))?(m|k|Ki|M|Mi|G|Gi|T|Ti)?")
SCALES = {
    "": 1,
    "k": 10**3,
    "Ki": 2**10,
    "M": 10**6,
    "Mi": 2**20,
    "G": 10**9,
    "Gi": 2**30,
    "T": 10**12,
    "Ti": 2**40,
}
MILLI = 1000


def parse_held(item: Mapping[str, Any], *, kind: Kind) -> Held:
    """Reads one object of any served version; what has a strange shape differs from all that is wanted."""
    metadata = _table(item.get("metadata"))
    spec = _table(item.get("spec"))
    labels, notes = _table(metadata.get("labels")), _table(metadata.get("annotations"))
    generation = str(notes.get(GENERATION, "0"))
    return Held(
        kind=kind,
        name=str(metadata.get("name", "")),
        namespace=str(metadata.get("namespace", "") or ""),
        fields=_fields(spec, kind),
        generation=int(generation) if re.fullmatch(r"[0-9]{1,15}", generation) else 0,
        version=str(metadata.get("resourceVersion", "") or ""),
        ours=labels.get(MANAGED_BY) == MANAGER,
    )


def read_units(quantity: object) -> int:
    """Reads a Kubernetes quantity as whole units; part of a unit counts as a whole one.

    Raises: ValueError.
    """
    text = str(quantity)
    found = QUANTITY.fullmatch(text)
    if isinstance(quantity, bool) or not found:
        raise ValueError(f"not a quantity that can be counted: {shorten(text)}")
    whole, decimals, suffix = found.groups(default="")
    denominator: int = 10 ** len(decimals) * (MILLI if suffix == "m" else 1)
    numerator = int(whole + decimals) * (1 if suffix == "m" else SCALES[suffix])
    return -(-numerator // denominator)


def _fields(spec: Mapping[str, Any], kind: Kind) -> dict[str, str]:
    match kind:
        case Kind.COHORT:
            return {"parent": str(spec.get("parentName", "") or "")}
        case Kind.LOCAL_QUEUE:
            return {"queue": str(spec.get("clusterQueue", "") or "")}
        case Kind.CLUSTER_QUEUE:
            cohort = next((spec[name] for name in COHORT_FIELD.values() if spec.get(name)), "")
            return {
                "cohort": str(cohort),
                "namespace": _namespace(spec.get("namespaceSelector")),
                "stop": str(spec.get("stopPolicy") or "None"),
                **_quotas(spec),
            }


def _namespace(selector: object) -> str:
    """Names the one namespace that is selected; any other selector reads as what it is."""
    if selector is None:
        return ""
    labels = _table(_table(selector).get("matchLabels"))
    if selector == {"matchLabels": labels} and set(labels) == {NAMESPACE_LABEL}:
        return str(labels[NAMESPACE_LABEL])
    return f"another selector {shorten(str(selector))}"


def _quotas(spec: Mapping[str, Any]) -> dict[str, str]:
    quotas: dict[str, str] = {}
    for group in _tables(spec.get("resourceGroups")):
        for flavor in _tables(group.get("flavors")):
            for one in _tables(flavor.get("resources")):
                limit = one.get("borrowingLimit")
                borrowing = NO_LIMIT if limit is None else _units(limit)
                name = f"{QUOTA}{flavor.get('name', '')} {one.get('name', '')}"
                quotas[name] = f"{_units(one.get('nominalQuota', ''))}+{borrowing}"
    return quotas


def _units(quantity: object) -> str:
    """Writes a quantity in whole units where it is one, so that `4` and `4000m` are the same."""
    try:
        units = read_units(quantity)
    except ValueError:
        return shorten(str(quantity))
    return str(units)


def _table(held: object) -> Mapping[str, Any]:
    return held if isinstance(held, dict) else {}


def _tables(held: object) -> list[Mapping[str, Any]]:
    return [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []
