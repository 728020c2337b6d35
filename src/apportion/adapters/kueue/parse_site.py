"""Reads kueue.toml: which cluster, what it has, and how budgets are to be enforced on it."""

import re
from dataclasses import dataclass
from typing import Any

from apportion.adapters.files.faults import Faults
from apportion.adapters.files.toml_lines import key_lines
from apportion.adapters.files.toml_reader import TomlReader
from apportion.adapters.files.toml_text import read_toml
from apportion.core.enforce.kueue import HUNDRED, Flavor, Site, Stop, is_queue_name
from apportion.core.ids import ResourceCode

SCHEMA = "apportion.kueue/1"
KEYS = {
    "": (
        "schema",
        "cluster",
        "kubeconfig",
        "context",
        "cohort",
        "namespace",
        "when_empty",
        "max_share_percent",
        "flavors",
    ),
    "flavor": ("resource", "kube_resource", "units"),
}
STOPS = {"hold": Stop.HOLD, "drain": Stop.DRAIN}
MOST_UNITS = 10_000_000
KUBE_RESOURCE = re.compile(r"[a-z0-9]([-a-z0-9./]*[a-z0-9])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A cluster and how to reach it; an empty kubeconfig is the service account of the pod."""

    site: Site
    kubeconfig: str
    context: str


def parse_site(data: bytes, file: str) -> Connection:
    """Reads a site.

    Raises: BadInput, with every fault.
    """
    faults = Faults(file)
    held, text = read_toml(data, faults)
    connection = _Reader(faults, held, key_lines(text), KEYS).connection()
    faults.stop_if_any()
    return connection


class _Reader(TomlReader):
    """Reads one key after the other and goes on after a fault."""

    def connection(self) -> Connection:
        """Reads everything; what could not be read has left a fault."""
        held = self._held
        self._known((), held, "")
        if held.get("schema") != SCHEMA:
            self._fault(("schema",), "not known", f'Write schema = "{SCHEMA}"', held.get("schema"))
        tables = self._plain(("flavors",), held.get("flavors", {}))
        flavors = tuple(self._flavor(name, one) for name, one in sorted(tables.items()))
        if not flavors:
            self._fault(("flavors",), "no flavors", "Write [flavors.NAME] for each kind of node")
        site = Site(
            cluster=self._text(("cluster",), held.get("cluster")),
            cohort=self._name(("cohort",), held.get("cohort", "apportion")),
            flavors=flavors,
            namespace=self._namespace(held.get("namespace", "{project}")),
            when_empty=self._stop(held.get("when_empty", "hold")),
            max_share_percent=self._whole(
                ("max_share_percent",), held.get("max_share_percent", HUNDRED), HUNDRED
            ),
        )
        return Connection(
            site=site,
            kubeconfig=self._text(("kubeconfig",), held["kubeconfig"])
            if "kubeconfig" in held
            else "",
            context=self._text(("context",), held["context"]) if "context" in held else "",
        )

    def _flavor(self, name: str, held: object) -> Flavor:
        path: tuple[str, ...] = ("flavors", name)
        table: dict[str, Any] = self._table(path, held, "flavor")
        self._name(path, name)
        return Flavor(
            name=name,
            resource=ResourceCode(self._id((*path, "resource"), table.get("resource"))),
            kube_resource=self._kube(
                (*path, "kube_resource"), table.get("kube_resource", "nvidia.com/gpu")
            ),
            units=self._whole((*path, "units"), table.get("units"), MOST_UNITS),
        )

    def _name(self, path: tuple[str, ...], held: object) -> str:
        if not isinstance(held, str) or not is_queue_name(held):
            remedy = "Write up to 63 small letters, digits and hyphens"
            self._fault(path, "not a name in Kubernetes", remedy, held)
        return str(held)

    def _kube(self, path: tuple[str, ...], held: object) -> str:
        if not isinstance(held, str) or not KUBE_RESOURCE.fullmatch(held):
            remedy = "Write one such as nvidia.com/gpu or cpu"
            self._fault(path, "not a resource of Kubernetes", remedy, held)
        return str(held)

    def _namespace(self, held: object) -> str:
        if not isinstance(held, str) or not is_queue_name(held.replace("{project}", "p")):
            remedy = 'Write one such as "{project}" or "research-{project}"'
            self._fault(("namespace",), "not a namespace", remedy, held)
        return str(held)

    def _stop(self, held: object) -> Stop:
        if not isinstance(held, str) or held not in STOPS:
            remedy = 'Write "hold" (running jobs end) or "drain" (they are evicted)'
            self._fault(("when_empty",), "not known", remedy, held)
            return Stop.HOLD
        return STOPS[held]

    def _whole(self, path: tuple[str, ...], held: object, most: int) -> int:
        if isinstance(held, bool) or not isinstance(held, int) or not 1 <= held <= most:
            what = "missing" if held is None else "not a whole number in range"
            self._fault(path, what, f"Write a whole number from 1 to {most}", held)
            return 1
        return held
