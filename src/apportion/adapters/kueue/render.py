"""Queues as Kueue's objects, for server-side apply: only the fields that the office owns."""

from collections.abc import Mapping
from typing import Any

from apportion.core.enforce.kueue import Kind, Wanted
from apportion.core.enforce.kueue_plan import QueueStep

GROUP = "kueue.x-k8s.io"
VERSIONS = ("v1beta2", "v1beta1")  # the newest first
MANAGER = "apportion"
MANAGED_BY = "app.kubernetes.io/managed-by"
GENERATION = "apportion/generation"
NAMESPACE_LABEL = "kubernetes.io/metadata.name"  # Kubernetes itself gives it to every namespace
PLURALS = {
    Kind.COHORT: "cohorts",
    Kind.CLUSTER_QUEUE: "clusterqueues",
    Kind.LOCAL_QUEUE: "localqueues",
}
COHORT_FIELD = {"v1beta1": "cohort", "v1beta2": "cohortName"}
QUOTA = "quota "


def render_manifest(step: QueueStep, *, version: str) -> dict[str, Any]:
    """Writes the object of one step; it names the version that was read, so a change since is refused."""
    wanted = step.wanted
    metadata: dict[str, Any] = {
        "name": wanted.name,
        "labels": {MANAGED_BY: MANAGER},
        "annotations": {GENERATION: str(step.generation)},
    }
    if wanted.namespace:
        metadata["namespace"] = wanted.namespace
    if step.version:
        metadata["resourceVersion"] = step.version
    return {
        "apiVersion": f"{GROUP}/{version}",
        "kind": wanted.kind.value,
        "metadata": metadata,
        "spec": render_spec(wanted, version=version),
    }


def render_spec(wanted: Wanted, *, version: str) -> dict[str, Any]:
    """Writes what the object should say, in the words of an API version."""
    fields = wanted.fields
    match wanted.kind:
        case Kind.COHORT:
            return {"parentName": fields["parent"]} if fields["parent"] else {}
        case Kind.LOCAL_QUEUE:
            return {"clusterQueue": fields["queue"]}
        case Kind.CLUSTER_QUEUE:
            return {
                COHORT_FIELD[version]: fields["cohort"],
                "namespaceSelector": {"matchLabels": {NAMESPACE_LABEL: fields["namespace"]}},
                "resourceGroups": _groups(fields),
                "stopPolicy": fields["stop"],
            }


def _groups(fields: Mapping[str, str]) -> list[dict[str, Any]]:
    """Puts the flavors of each resource into one group: a group's flavors cover the same ones."""
    flavors: dict[str, list[dict[str, Any]]] = {}
    for name in sorted(fields):
        if not name.startswith(QUOTA):
            continue
        flavor, resource = name.removeprefix(QUOTA).split(" ", 1)
        nominal, borrowing = fields[name].split("+")
        quota = {"name": resource, "nominalQuota": nominal, "borrowingLimit": borrowing}
        flavors.setdefault(resource, []).append({"name": flavor, "resources": [quota]})
    return [
        {"coveredResources": [resource], "flavors": held}
        for resource, held in sorted(flavors.items())
    ]
