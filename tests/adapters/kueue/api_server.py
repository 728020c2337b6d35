"""A Kubernetes API server that keeps state, for the official client to talk to over HTTP.

kmock serves HTTP, takes requests apart and answers discovery; what it has no notion of is built
here: resource versions, server-side apply with owners of fields, pages, watches that resume, and
the answers of a server in trouble.
"""

import asyncio
import copy
import json
import threading
from contextlib import contextmanager

import aiohttp.web
import kmock
import yaml

GROUP = "kueue.x-k8s.io"
KINDS = {
    "cohorts": "Cohort",
    "clusterqueues": "ClusterQueue",
    "localqueues": "LocalQueue",
    "workloads": "Workload",
}
NAMESPACED = {"localqueues", "workloads"}
OBJECT_META = ("labels", "annotations")


class ApiServer(kmock.KubernetesScaffold):
    """One cluster. `trouble` holds answers to give before any other, oldest first."""

    def __attrs_post_init__(self):
        super().__attrs_post_init__()
        self.served = ("v1beta1", "v1beta2")
        self.namespaces = {"default"}
        self.store = {}
        self.owners = {}
        self.log = []
        self.version = 100
        self.oldest = 0
        self.trouble = []
        self.asked = []
        self.validate = None
        self.page = None
        self.before_apply = None
        self.streams = []  # for each watch to come, after how many events it closes

    async def _handle(self, request):
        self.asked.append((request.method.value, str(request.url), request))
        if self.trouble:
            return self.trouble.pop(0)
        path = request.url.path.rstrip("/")
        if path == "/apis":
            return answer(self.discovery())
        if request.resource is None or request.resource.group != GROUP:
            return status(404, "NotFound", "the server could not find the requested resource")
        return await self.serve(request)

    def discovery(self):
        if not self.served:
            return {"kind": "APIGroupList", "apiVersion": "v1", "groups": []}
        versions = [{"groupVersion": f"{GROUP}/{v}", "version": v} for v in self.served]
        groups = [{"name": GROUP, "versions": versions, "preferredVersion": versions[-1]}]
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}

    async def serve(self, request):
        plural, query = request.resource.plural, request.url.query
        if request.resource.version not in self.served:
            return status(404, "NotFound", "no such version")
        if request.method.value == "GET" and request.name:
            held = self.store.get((plural, request.namespace or "", request.name))
            return answer(held) if held else status(404, "NotFound", f"{request.name} not found")
        if query.get("watch") in {"true", "True"}:
            return await self.watch(request, query)
        if request.method.value == "GET":
            return self.list(plural, query)
        return self.apply(plural, request, query)

    def list(self, plural, query):
        items = [held for (kind, _, _), held in sorted(self.store.items()) if kind == plural]
        start = int(query.get("continue", 0))
        limit = self.page or int(query.get("limit", 500))
        metadata = {"resourceVersion": str(self.version)}
        if start + limit < len(items):
            metadata["continue"] = str(start + limit)
        return answer({"kind": "List", "metadata": metadata, "items": items[start : start + limit]})

    def apply(self, plural, request, query):
        """Server-side apply: a manager owns what it says, and lets go of what it no longer says."""
        assert request.method.value == "PATCH"
        assert request.headers["Content-Type"] == "application/apply-patch+yaml"
        body = yaml.safe_load(request.body)
        manager, force = query["fieldManager"], query.get("force") in {"true", "True"}
        name, namespace = request.name, request.namespace or ""
        if plural in NAMESPACED and namespace not in self.namespaces:
            return status(404, "NotFound", f'namespaces "{namespace}" not found')
        if self.validate and (wrong := self.validate(body)):
            return status(422, "Invalid", "; ".join(wrong))
        if self.before_apply:
            self.before_apply(plural, name)
        key = (plural, namespace, name)
        held = self.store.get(key)
        wanted = body["metadata"].pop("resourceVersion", None)
        if wanted is not None and (held is None or held["metadata"]["resourceVersion"] != wanted):
            what = "the object has been modified; please apply your changes to the latest version"
            return status(409, "Conflict", what)
        mine = leaves(body)
        owned = self.owners.setdefault(key, {})
        quarrels = [
            (path, other)
            for other, theirs in owned.items()
            for path in theirs & set(mine)
            if other != manager and leaves(held or {}).get(path) != mine[path]
        ]
        if quarrels and not force:
            return conflict(quarrels)
        for path, other in quarrels:
            owned[other].discard(path)
        self.put(plural, body, gone=owned.get(manager, set()) - set(mine))
        owned[manager] = set(mine)
        return answer(self.store[key], 201 if held is None else 200)

    def put(self, plural, body, *, gone=(), kind="MODIFIED"):
        """Changes an object as any writer would; also what a controller of Kueue does."""
        metadata = body["metadata"]
        key = (plural, metadata.get("namespace", ""), metadata["name"])
        held = copy.deepcopy(self.store.get(key, {}))
        for path in gone:
            remove(held, path)
        for path, value in leaves(body).items():
            write(held, path, copy.deepcopy(value))
        self.version += 1
        held["apiVersion"], held["kind"] = f"{GROUP}/{self.served[-1]}", KINDS[plural]
        held["metadata"] = {**held.get("metadata", {}), "name": metadata["name"]}
        if metadata.get("namespace"):
            held["metadata"]["namespace"] = metadata["namespace"]
        held["metadata"]["resourceVersion"] = str(self.version)
        held["metadata"].setdefault("uid", f"uid-{'-'.join(key)}")
        self.store[key] = held
        self.log.append((self.version, plural, {"type": kind, "object": copy.deepcopy(held)}))
        return held

    async def watch(self, request, query):
        """Streams what happened since a version; closes when told to, or when time is over."""
        since = int(query.get("resourceVersion", 0))
        response = aiohttp.web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request._raw_request)
        if since < self.oldest:
            gone = {"kind": "Status", "code": 410, "reason": "Expired", "message": "too old"}
            await response.write(line({"type": "ERROR", "object": gone}))
            await response.write_eof()
            return response
        closes_after = self.streams.pop(0) if self.streams else None
        sent = 0
        for at, plural, event in self.log:
            if plural == request.resource.plural and at > since and sent != closes_after:
                await response.write(line(event))
                sent += 1
        if closes_after is None:
            await asyncio.sleep(0)
            await response.write(line(bookmark(self.version)))
        await response.write_eof()
        return response


def line(event):
    return json.dumps(event).encode() + b"\n"


def bookmark(version):
    metadata = {"resourceVersion": str(version)}
    return {"type": "BOOKMARK", "object": {"kind": "Workload", "metadata": metadata}}


def answer(body, code=200):
    return aiohttp.web.json_response(body, status=code)


def status(code, reason, message, *, headers=None, causes=()):
    body = {
        "kind": "Status",
        "status": "Failure",
        "code": code,
        "reason": reason,
        "message": message,
        "details": {"causes": list(causes)},
    }
    return aiohttp.web.json_response(body, status=code, headers=headers)


def conflict(quarrels):
    causes = [
        {
            "reason": "FieldManagerConflict",
            "message": f'conflict with "{other}"',
            "field": "." + ".".join(path),
        }
        for path, other in quarrels
    ]
    first = causes[0]
    what = f"Apply failed with {len(causes)} conflict: {first['message']}: {first['field']}"
    return status(409, "Conflict", what, causes=causes)


def leaves(body, path=()):
    """Lists what an object says, lists whole, but for what names it."""
    found = {}
    for key, value in body.items():
        here = (*path, key)
        if path == () and key in {"apiVersion", "kind", "status"}:
            if key == "status":
                found[here] = value
            continue
        if here[:1] == ("metadata",) and len(here) == 2 and key not in OBJECT_META:
            if key in {"uid", "creationTimestamp", "ownerReferences", "deletionTimestamp"}:
                found[here] = value
            continue
        if isinstance(value, dict) and value:
            found.update(leaves(value, here))
        else:
            found[here] = value
    return found


def write(held, path, value):
    for key in path[:-1]:
        held = held.setdefault(key, {})
    held[path[-1]] = value


def remove(held, path):
    for key in path[:-1]:
        held = held.get(key, {})
    held.pop(path[-1], None)


@contextmanager
def running():
    """Runs a server in a thread of its own; the client under test is no coroutine."""
    started, stop = threading.Event(), None
    found = {}

    async def run():
        nonlocal stop
        stop = asyncio.Event()
        async with ApiServer() as server, kmock.Server(server):
            found.update(server=server, url=str(server.url), loop=asyncio.get_running_loop())
            started.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    assert started.wait(10)
    try:
        yield found["server"], found["url"].rstrip("/")
    finally:
        found["loop"].call_soon_threadsafe(stop.set)
        thread.join(10)


def kubeconfig(folder, url):
    """Writes the file by which an operator's tools find the server."""
    text = yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "double", "cluster": {"server": url}}],
            "users": [{"name": "office", "user": {"token": "secret"}}],
            "contexts": [{"name": "lab", "context": {"cluster": "double", "user": "office"}}],
            "current-context": "lab",
        }
    )
    path = folder / "kubeconfig"
    path.write_text(text)
    return str(path)
