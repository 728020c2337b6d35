"""One pass over the cluster by the clock: book what ran, then mend what differs."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from apportion.adapters.files.client import read_whole
from apportion.adapters.kueue.client import KueueCluster
from apportion.adapters.kueue.parse_site import Connection, parse_site
from apportion.apps.queues.actions import apply_queues, sync_workloads
from apportion.core.faults import BadInput, Fault


def advance_queues(path: str, *, now: datetime) -> list[str]:
    """Makes one pass as the office itself, and says what it changed.

    Raises: WorldError, BadInput.
    """
    connection = read_connection(path)
    cluster = KueueCluster(connection)
    events = follow(cluster, seconds=0)
    booked = sync_workloads(events=events, site=connection.site, by=None, now=now)
    done = apply_queues(cluster=cluster, site=connection.site, by=None, now=now)
    told = [f"{booked.added} charges from Kueue"] if booked.added else []
    if mended := len(done.before.steps) - len(done.failures):
        told.append(f"{mended} objects of Kueue mended")
    return [*told, *done.failures]


def follow(cluster: KueueCluster, *, seconds: int) -> Iterator[Mapping[str, Any]]:
    """Gives all Workloads, and then for some seconds what happens to them.

    Raises: WorldError.
    """
    listed = cluster.list_workloads()
    yield from ({"type": "MODIFIED", "object": item} for item in listed.items)
    if seconds:
        yield from cluster.watch_workloads(listed.version, seconds=seconds)


def read_connection(path: str) -> Connection:
    """Reads the site's kueue.toml.

    Raises: BadInput.
    """
    if not path:
        remedy = "Set APPORTION_KUEUE to the path of a kueue.toml; docs/kueue.md shows one"
        raise BadInput([Fault(file="APPORTION_KUEUE", what="not set", remedy=remedy)])
    return parse_site(read_whole(Path(path)), path)
