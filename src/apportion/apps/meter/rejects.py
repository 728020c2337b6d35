"""Rows that could not be taken: kept word for word, met again, replayed after a mend."""

import hashlib
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from django.db import transaction

from apportion.apps.ledger.actions import lock_tip
from apportion.apps.meter.actions import Call, Imported, book_source
from apportion.apps.meter.models import Reject
from apportion.apps.meter.queries import BATCH, import_facts
from apportion.apps.meter.sources import Format, Layout, read_source
from apportion.apps.people.queries import Person, demand
from apportion.core.faults import Fault
from apportion.core.meter.cut import Span
from apportion.core.windows import from_epoch

LONGEST_WHAT, LONGEST_FIELD = 300, 60
LAYOUT = Layout(format=Format.SACCT, meter_running=True)


def keep_rejects(faults: Sequence[Fault], path: Path, *, window: Span, call: Call) -> int:
    """Keeps the rows of a window that could not be taken; gives how many were not known before.

    A row that was rejected in this very window and is not there any more was mended at its
    source. Call it inside the transaction that books the window.
    """
    rows = _rows(faults, path)
    starts_at, ends_at = (from_epoch(at) for at in window)
    gone = Reject.objects.filter(
        cluster=call.cluster,
        state=Reject.State.OPEN,
        starts_at__gte=starts_at,
        ends_at__lte=ends_at,
    ).exclude(digest__in=list(rows))
    gone.update(state=Reject.State.GONE, changed_at=call.now)
    digests, known = list(rows), set()
    for at in range(0, len(digests), BATCH):
        part = digests[at : at + BATCH]
        standing = Reject.objects.filter(cluster=call.cluster, digest__in=part)
        known |= set(standing.values_list("digest", flat=True))
        back = standing.filter(state=Reject.State.GONE)
        back.update(state=Reject.State.OPEN, changed_at=call.now)
    new = [
        Reject(
            cluster=call.cluster,
            digest=digest,
            text=text,
            field=(fault.field or "")[:LONGEST_FIELD],
            what=fault.what[:LONGEST_WHAT],
            starts_at=starts_at,
            ends_at=ends_at,
            seen_at=call.now,
            changed_at=call.now,
        )
        for digest, (text, fault) in rows.items()
        if digest not in known
    ]
    Reject.objects.bulk_create(new, batch_size=500)
    return len(new)


def list_rejects(
    *, cluster: str = "", every: bool = False, limit: int | None = None
) -> list[Reject]:
    """Lists rows that could not be taken, newest first; those that are still open unless `every`."""
    rows = Reject.objects.all()
    if cluster:
        rows = rows.filter(cluster=cluster)
    return list((rows if every else rows.filter(state=Reject.State.OPEN))[:limit])


def count_rejects() -> int:
    """Counts the rows that could not be taken and are still open."""
    return Reject.objects.filter(state=Reject.State.OPEN).count()


def replay_rejects(
    *, cluster: str, by: Person, now: datetime, dry_run: bool = False
) -> tuple[int, list[Imported]]:
    """Reads every open reject again as the office reads today, and books what it now can.

    Gives how many are no longer rejected, and what they came to.

    Refuses: NOT_ALLOWED.
    """
    demand(by, "usage.import")
    call = Call(actor=by.username, now=now, cluster=cluster)
    with transaction.atomic():
        lock_tip()
        rows = list_rejects(cluster=cluster)
        if not rows:
            return 0, []
        imported, wrong = _book_again(rows, call)
        taken = [row.pk for place, row in enumerate(rows, 1) if place not in wrong]
        done = Reject.objects.filter(pk__in=taken)
        done.update(state=Reject.State.BOOKED, changed_at=now)
        if dry_run:
            transaction.set_rollback(True)
    return len(taken), [imported]


def _book_again(rows: Sequence[Reject], call: Call) -> tuple[Imported, frozenset[int | None]]:
    with tempfile.TemporaryDirectory(prefix="apportion-replay-") as name:
        path = Path(name) / "rejects.txt"
        path.write_bytes(b"".join(row.text.encode() + b"\n" for row in rows))
        source = read_source(str(path), layout=LAYOUT)
    source = replace(source, file=f"rejects of {call.cluster}")
    imported = book_source(source, facts=import_facts(needs_user=True), call=call)
    return imported, frozenset(fault.line for fault in imported.rejects)


def _rows(faults: Iterable[Fault], path: Path) -> Mapping[str, tuple[str, Fault]]:
    """Finds the rows that faults are about, by the digest of their bytes."""
    by_line = {fault.line: fault for fault in faults}
    if not by_line:
        return {}
    found: dict[str, tuple[str, Fault]] = {}
    with path.open("rb") as stream:
        for number, raw in enumerate(stream, 1):
            if number in by_line:
                line = raw.rstrip(b"\r\n")
                text = line.decode(errors="backslashreplace").replace("\0", "\\x00")
                found[hashlib.sha256(line).hexdigest()] = (text, by_line[number])
    return found
