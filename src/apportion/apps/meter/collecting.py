"""Reading a cluster's accounting window by window into the books, to be taken up where it stopped.

A window is booked and marked as read in one transaction. A kill at any point leaves the books as
after the last whole window, and the next pass goes on from there.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from django.db import transaction
from django.db.models import Count

from apportion.apps.ledger.actions import lock_tip
from apportion.apps.meter.actions import Call, Imported, book_source
from apportion.apps.meter.models import Collector, Reject
from apportion.apps.meter.queries import import_facts
from apportion.apps.meter.quick_reading import Told, compare_told, read_told
from apportion.apps.meter.rejects import keep_rejects
from apportion.apps.meter.sources import Format, Layout, uncollected
from apportion.apps.people.queries import Person, demand
from apportion.core.faults import WorldError
from apportion.core.meter.cut import Span
from apportion.core.meter.polling import (
    FIRST_WIDTH,
    USUAL_OVERLAP,
    Pass,
    next_width,
    next_window,
    plan_pass,
)
from apportion.core.windows import from_epoch

LAYOUT = Layout(format=Format.SACCT, meter_running=True)
LONGEST_TROUBLE = 400


class Answer(Protocol):
    """What a scheduler is still saying."""

    def wait(self) -> Path:
        """Waits for the end of it."""

    def drop(self) -> None:
        """Does without it."""


class Accounting(Protocol):
    """What a sync asks of a scheduler."""

    @property
    def name(self) -> str:
        """Names the cluster."""

    def ask(self, window: Span, *, folder: Path) -> Answer:
        """Starts asking for the jobs that ran in a window."""

    def longest_job(self) -> int | None:
        """Says how long jobs may run, in seconds."""


@dataclass(frozen=True, slots=True)
class _Page:
    """What the scheduler said of one window, as it stands in a file."""

    window: Span
    path: Path
    told: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one window came to. Units: epoch seconds."""

    window: Span
    until: int  # the end of the pass
    imported: Imported
    rejects: int  # rows seen for the first time that could not be taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """What one pass over a cluster's accounting came to. Units: unit-seconds, by resource."""

    cluster: str
    span: Span
    overlap: int
    stepped_back: int
    windows: int = 0
    rows: int = 0
    added: int = 0
    suspended: int = 0
    uncounted: int = 0
    rejects: int = 0
    contradictions: int = 0
    added_seconds: tuple[tuple[str, int], ...] = ()
    refunded_seconds: tuple[tuple[str, int], ...] = ()


def sync_usage(
    *,
    accounting: Accounting,
    by: Person | None,
    now: datetime,
    since: datetime | None = None,
    overlap: int | None = None,
    dry_run: bool = False,
    progress: Callable[[Step], None] | None = None,
) -> Synced:
    """Books what a cluster's accounting says and the books do not yet; nobody is the office itself.

    Refuses: NOT_ALLOWED.
    Raises: WorldError where the scheduler does not answer to the end; what was read before stays,
    and the window that was asked for last counts as not read.
    """
    if by is not None:
        demand(by, "usage.import")
    call = Call(actor=by.username if by else "", now=now, cluster=accounting.name)
    known = Collector.objects.filter(cluster=accounting.name).first()
    lap = _overlap(accounting, known, overlap)
    planned = plan_pass(
        now=int(now.timestamp()),
        covered_until=int(known.covered_until.timestamp()) if known else None,
        overlap=lap,
        since=int(since.timestamp()) if since else None,
    )
    told = Synced(
        cluster=accounting.name,
        span=planned.span,
        overlap=lap,
        stepped_back=planned.stepped_back,
    )
    try:
        with uncollected():
            for page in _read(accounting, planned):
                step = _take(page, planned, call=call, lap=lap, dry_run=dry_run)
                told = _add(told, step)
                if progress is not None:
                    progress(step)
    except WorldError as error:
        _note_trouble(accounting.name, str(error))
        raise
    return told


def is_due(cluster: str, *, now: datetime, minutes: int) -> bool:
    """Says whether a cluster was not synced for some minutes; a clock set back makes it due."""
    row = Collector.objects.filter(cluster=cluster).first()
    if row is None or row.synced_at is None or row.trouble or row.synced_at > now:
        return True
    return now - row.synced_at >= timedelta(minutes=minutes)


def list_collectors() -> list[Collector]:
    """Lists the clusters whose accounting is read, with how far."""
    return list(Collector.objects.all())


def collectors_with_rejects() -> list[Collector]:
    """Lists the clusters whose accounting is read, each with its number of open `rejected` rows."""
    still_open = Reject.objects.filter(state=Reject.State.OPEN).order_by()
    counts = dict(still_open.values_list("cluster").annotate(Count("id")))
    rows = list_collectors()
    for row in rows:
        row.rejected = counts.get(row.cluster, 0)  # type: ignore[attr-defined]  # for the page
    return rows


def _overlap(accounting: Accounting, known: Collector | None, asked: int | None) -> int:
    if asked is not None:
        return asked
    longest = accounting.longest_job()
    return longest or (known.overlap_seconds if known else USUAL_OVERLAP)


def _read(accounting: Accounting, planned: Pass) -> Iterator[_Page]:
    """Reads one window after the other; the scheduler answers the next while one is booked."""
    width = FIRST_WIDTH
    window = next_window(planned.span, at=planned.span[0], width=width)
    with tempfile.TemporaryDirectory(prefix="apportion-sync-") as name:
        folder = Path(name)
        answer = accounting.ask(window, folder=folder) if window else None
        try:
            while window is not None and answer is not None:
                path = answer.wait()
                rows = _count_lines(path)
                width = next_width(width, rows=rows)
                following = next_window(planned.span, at=window[1], width=width)
                answer = accounting.ask(following, folder=folder) if following else None
                yield _Page(window, path, _told(path, accounting.name, window))
                path.unlink(missing_ok=True)
                window = following
        finally:
            if answer is not None:
                answer.drop()


def _told(path: Path, cluster: str, window: Span) -> Told:
    low, high = (f"{from_epoch(at):%Y-%m-%dT%H:%M:%SZ}" for at in window)
    told = read_told(path, file=f"sacct {cluster} {low}/{high}", layout=LAYOUT)
    if told.source is not None and told.source.reading.is_cut_off:
        what = f"sacct stopped in the middle of a line, {from_epoch(window[0])} and on"
        raise WorldError(what, retryable=True)
    return told


def _take(page: _Page, planned: Pass, *, call: Call, lap: int, dry_run: bool) -> Step:
    window = page.window
    with transaction.atomic():
        lock_tip()
        facts = import_facts(needs_user=True)
        source, quick = compare_told(page.told, facts=facts, cluster=call.cluster)
        who = replace(call, window=window)
        imported = book_source(source, facts=facts, call=who, quick=quick)
        rejects = keep_rejects(imported.rejects, page.path, window=window, call=call)
        row, _ = Collector.objects.get_or_create(
            cluster=call.cluster,
            defaults={"covered_until": from_epoch(window[0]), "overlap_seconds": lap},
        )
        ends_at = from_epoch(window[1])
        if planned.stepped_back and window[1] == planned.span[1]:
            row.covered_until = ends_at
        row.covered_until = max(row.covered_until, ends_at)
        row.overlap_seconds = lap
        if window[1] == planned.span[1]:
            row.synced_at, row.trouble = call.now, ""
        row.save()
        if dry_run:
            transaction.set_rollback(True)
    return Step(window=window, until=planned.span[1], imported=imported, rejects=rejects)


def _note_trouble(cluster: str, words: str) -> None:
    Collector.objects.filter(cluster=cluster).update(trouble=words[:LONGEST_TROUBLE])


def _add(told: Synced, step: Step) -> Synced:
    one = step.imported
    return replace(
        told,
        windows=told.windows + 1,
        rows=told.rows + one.source.reading.rows,
        added=told.added + one.added,
        suspended=told.suspended + one.suspended,
        uncounted=told.uncounted + one.uncounted,
        rejects=told.rejects + step.rejects,
        contradictions=told.contradictions + len(one.contradictions),
        added_seconds=_plus(told.added_seconds, one.added_seconds),
        refunded_seconds=_plus(told.refunded_seconds, one.refunded_seconds),
    )


def _plus(
    before: tuple[tuple[str, int], ...], more: Mapping[str, int]
) -> tuple[tuple[str, int], ...]:
    sums = dict(before)
    for code, seconds in more.items():
        sums[code] = sums.get(code, 0) + seconds
    return tuple(sorted(sums.items()))


def _count_lines(path: Path) -> int:
    with path.open("rb") as stream:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(1 << 20), b""))
