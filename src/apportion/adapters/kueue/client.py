"""Talks to a Kubernetes API server through the official client: the only I/O with Kueue.

The client takes long to import and has a lock of its own, so it is imported when a cluster is
first reached.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from time import monotonic
from typing import Any

from apportion.adapters.kueue.parse import parse_held
from apportion.adapters.kueue.parse_site import Connection
from apportion.adapters.kueue.render import (
    GROUP,
    MANAGER,
    PLURALS,
    VERSIONS,
    render_manifest,
)
from apportion.core.enforce.kueue import Kind, Wanted
from apportion.core.enforce.kueue_plan import Held, Place, QueueStep, differences, place_of
from apportion.core.faults import WorldError, shorten

PAGE = 500  # objects asked for at a time
PATIENCE_SECONDS = (5, 60)  # to connect, to answer
MOST_TRIES = 4  # after 429 and 503, which tell when to come again
LONGEST_WAIT_SECONDS = 30
MOST_SURPRISES = 3  # times that an object changed under an order before it is given up
MOST_STREAMS = 20  # times that a watch is opened again; the next pass lists anew anyway
TOO_MANY, UNAVAILABLE, GONE, CONFLICT, NOT_FOUND, FORBIDDEN = 429, 503, 410, 409, 404, 403
BOOKMARK = "BOOKMARK"
RETRYABLE = frozenset({TOO_MANY, 500, 502, UNAVAILABLE, 504})
APPLY = "application/apply-patch+yaml"
FORCED = "FieldManagerConflict"
MISSING = "the Kubernetes client is not installed; requirements/kueue.lock has it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """All Workloads at one instant, and the version from which to watch on."""

    items: tuple[Mapping[str, Any], ...]
    version: str


class KueueCluster:
    """One cluster. `force` takes over fields that somebody else set by hand."""

    def __init__(self, connection: Connection, *, force: bool = False) -> None:
        self._force = force
        self._kube, self._api, self._objects = _connect(connection)
        self._version = ""

    @property
    def version(self) -> str:
        """Names the version of Kueue's API that is spoken: the newest that both sides know.

        Raises: WorldError.
        """
        if not self._version:
            with _told():
                group = self._kube.ApisApi(self._api).get_api_versions(
                    _request_timeout=PATIENCE_SECONDS
                )
            served = {
                one.version
                for found in group.groups
                if found.name == GROUP
                for one in found.versions
            }
            known = [version for version in VERSIONS if version in served]
            if not known:
                what = f"the cluster serves no {GROUP} of {' or '.join(VERSIONS)}"
                raise WorldError(f"{what}; install Kueue", retryable=False)
            self._version = known[0]
        return self._version

    def read_queues(self) -> dict[Place, Held]:
        """Asks for every queue and cohort.

        Raises: WorldError.
        """
        held = [
            parse_held(item, kind=kind) for kind in Kind for item in self._list(PLURALS[kind]).items
        ]
        return {place_of(one): one for one in held}

    def apply_step(self, step: QueueStep) -> None:
        """Writes one object by server-side apply, as the owner of its fields alone.

        The order names the version that was read. Where the object has changed since, it is read
        again; where it still differs in the same way the order is given anew, else given up.

        Raises: WorldError, also where another manager owns a field and force is not on.
        """
        for _ in range(MOST_SURPRISES):
            try:
                self._apply(step)
            except self._kube.ApiException as error:
                if error.status != CONFLICT or FORCED in str(error.body):
                    raise _world(error, step.wanted) from None
            else:
                return
            step = self._again(step)
            if not step.reasons:
                return
        what = f"{step.wanted.kind} {step.wanted.name} changed under every order"
        raise WorldError(what, retryable=True)

    def list_workloads(self) -> Listing:
        """Asks for all Workloads, page by page.

        Raises: WorldError.
        """
        return self._list("workloads")

    def watch_workloads(self, version: str, *, seconds: int) -> Iterator[Mapping[str, Any]]:
        """Follows Workloads for a time; a stream that closes is resumed where it ended.

        Where the server no longer knows that place (410) all Workloads are told anew.
        Shape: watch events, with `type` and `object`.
        Raises: WorldError.
        """
        at, relisted = version, False
        ends = monotonic() + seconds
        for _ in range(MOST_STREAMS):
            left = ceil(ends - monotonic())
            if left <= 0:
                return
            try:
                for event in self._watch(at, left):
                    at = _version_of(event) or at
                    if event.get("type") != BOOKMARK:
                        yield {"type": event.get("type"), "object": event.get("raw_object")}
                continue
            except _Gone:
                if relisted:
                    raise WorldError("the watch expired twice", retryable=True) from None
            relisted = True
            listing = self.list_workloads()
            at = listing.version
            yield from ({"type": "MODIFIED", "object": item} for item in listing.items)

    def _apply(self, step: QueueStep) -> None:
        wanted = step.wanted
        body = render_manifest(step, version=self.version)
        given = {
            "group": GROUP,
            "version": self.version,
            "plural": PLURALS[wanted.kind],
            "name": wanted.name,
            "body": body,
            "field_manager": MANAGER,
            "force": self._force,
            "field_validation": "Strict",
            "_content_type": APPLY,
            "_request_timeout": PATIENCE_SECONDS,
        }
        with _told(passing=self._kube.ApiException):
            if wanted.namespace:
                self._objects.patch_namespaced_custom_object(namespace=wanted.namespace, **given)
            else:
                self._objects.patch_cluster_custom_object(**given)

    def _again(self, step: QueueStep) -> QueueStep:
        """Reads the object again; a step without reasons has nothing left to do."""
        wanted = step.wanted
        item = self._get(wanted)
        held = parse_held(item, kind=wanted.kind) if item is not None else None
        if held is not None and held.generation > step.generation:
            what = f"newer orders stand at {wanted.kind} {wanted.name}: {held.generation}"
            raise WorldError(what, retryable=False)
        return QueueStep(
            wanted=wanted,
            reasons=differences(wanted, held),
            generation=step.generation,
            version=held.version if held is not None else "",
        )

    def _get(self, wanted: Wanted) -> Mapping[str, Any] | None:
        given = {
            "group": GROUP,
            "version": self.version,
            "plural": PLURALS[wanted.kind],
            "name": wanted.name,
            "_request_timeout": PATIENCE_SECONDS,
        }
        try:
            with _told(passing=self._kube.ApiException):
                if wanted.namespace:
                    given["namespace"] = wanted.namespace
                    item = self._objects.get_namespaced_custom_object(**given)
                else:
                    item = self._objects.get_cluster_custom_object(**given)
        except self._kube.ApiException as error:
            if error.status == NOT_FOUND:
                return None
            raise _world(error, wanted) from None
        return item if isinstance(item, dict) else None

    def _list(self, plural: str) -> Listing:
        items: list[Mapping[str, Any]] = []
        more = version = ""
        while True:
            with _told():
                page = self._objects.list_cluster_custom_object(
                    group=GROUP,
                    version=self.version,
                    plural=plural,
                    limit=PAGE,
                    **({"_continue": more} if more else {}),
                    _request_timeout=PATIENCE_SECONDS,
                )
            if not isinstance(page, dict) or not isinstance(page.get("items"), list):
                raise WorldError(f"the answer for {plural} is no list", retryable=True)
            items += [item for item in page["items"] if isinstance(item, dict)]
            metadata = page.get("metadata") or {}
            version = str(metadata.get("resourceVersion", "") or "")
            more = str(metadata.get("continue", "") or "")
            if not more:
                return Listing(items=tuple(items), version=version)

    def _watch(self, version: str, seconds: int) -> Iterator[Mapping[str, Any]]:
        """Watches once; the server ends the stream after the time asked for, or before."""
        from kubernetes import watch
        from urllib3.exceptions import ProtocolError

        watcher: Any = watch
        try:
            with _told(passing=self._kube.ApiException):
                for event in watcher.Watch().stream(
                    self._objects.list_cluster_custom_object,
                    GROUP,
                    self.version,
                    "workloads",
                    resource_version=version,
                    timeout_seconds=seconds,
                    _request_timeout=(PATIENCE_SECONDS[0], seconds + PATIENCE_SECONDS[1]),
                ):
                    if isinstance(event, dict):  # half a line, where the stream broke, is none
                        yield event
        except ProtocolError:
            return  # the stream broke off: as good as closed
        except self._kube.ApiException as error:
            if error.status == GONE:
                raise _Gone from None
            raise _world(error, None) from None


class _Gone(Exception):
    """The server no longer knows the version from which to watch."""


def _connect(connection: Connection) -> tuple[Any, Any, Any]:
    """Reads the kubeconfig, or the pod's own account; nothing is sent yet.

    Raises: WorldError.
    """
    try:
        from kubernetes import client, config
    except ImportError:
        raise WorldError(MISSING, retryable=False) from None
    from urllib3 import Retry

    settings = client.Configuration()
    reader: Any = config
    try:
        if connection.kubeconfig:
            reader.load_kube_config(
                config_file=connection.kubeconfig,
                context=connection.context or None,
                client_configuration=settings,
                persist_config=False,
            )
        else:
            reader.load_incluster_config(client_configuration=settings)
    except (config.ConfigException, OSError, ValueError) as error:
        what = f"the kubeconfig {connection.kubeconfig or 'of the pod'} cannot be used"
        raise WorldError(f"{what}: {shorten(str(error), 200)}", retryable=False) from None
    # Server-side apply may be sent twice, so every method is tried again; a wait is bounded.
    settings.retries = Retry(
        total=MOST_TRIES,
        connect=1,
        read=1,
        allowed_methods=None,
        status_forcelist=(TOO_MANY, UNAVAILABLE),
        respect_retry_after_header=True,
        retry_after_max=LONGEST_WAIT_SECONDS,
        raise_on_status=False,
        backoff_factor=0.1,
    )
    api = client.ApiClient(settings)
    return client, api, client.CustomObjectsApi(api)


@contextmanager
def _told(*, passing: type[Exception] | None = None) -> Iterator[None]:
    """Tells every trouble of the client as ours, but for what the caller handles."""
    from kubernetes.client import ApiException
    from urllib3.exceptions import HTTPError, ProtocolError

    try:
        yield
    except ApiException as error:
        if passing is not None:
            raise
        raise _world(error, None) from None
    except ProtocolError as error:
        if passing is not None:
            raise
        raise WorldError(
            f"the connection broke: {shorten(str(error), 200)}", retryable=True
        ) from None
    except HTTPError as error:
        what = f"the Kubernetes API gave no answer: {shorten(str(error), 200)}"
        raise WorldError(what, retryable=True) from None


def _world(error: Any, wanted: Wanted | None) -> WorldError:
    """Says what Kubernetes answered, and what to do where that is known."""
    subject = f"{wanted.kind} {wanted.name}: " if wanted is not None else ""
    said = _message(error)
    if error.status == CONFLICT and FORCED in str(error.body):
        said += ". Leave the field to them, or take it over with --force"
    elif error.status == NOT_FOUND and wanted is not None and wanted.namespace:
        said += f". Make the namespace: kubectl create namespace {wanted.namespace}"
    elif error.status == FORBIDDEN:
        said += ". docs/kueue.md lists the rights that the office needs"
    return WorldError(
        f"{subject}Kubernetes answered {error.status}: {said}", retryable=error.status in RETRYABLE
    )


def _message(error: Any) -> str:
    """Takes the server's own words from its Status, where it sent one."""
    try:
        status = json.loads(error.body or "")
    except ValueError:
        return shorten(str(error.reason or error.body or "nothing"), 300)
    message = status.get("message") if isinstance(status, dict) else None
    return shorten(str(message or error.reason), 300)


def _version_of(event: Mapping[str, Any]) -> str:
    """Reads the version at which an event leaves the watch."""
    item = event.get("raw_object") or event.get("object")
    metadata = item.get("metadata") if isinstance(item, dict) else None
    version = metadata.get("resourceVersion") if isinstance(metadata, dict) else None
    return str(version or "")
