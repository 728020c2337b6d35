"""Metered jobs as a replay takes them: charges of one resource, put together again run by run."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from apportion.apps.meter.models import Charge
from apportion.core.simulate.trace import TraceJob

COLUMNS = (
    *("job", "submitted_at", "started_at", "ended_at", "size"),
    *("project__slug", "project__area__slug", "account", "user", "state"),
)


def metered_resources() -> list[str]:
    """Lists what jobs were metered of."""
    rows = Charge.objects.order_by("resource").values_list("resource", flat=True)
    return list(rows.distinct())


def metered_jobs(*, resource: str, since: datetime | None = None) -> list[TraceJob]:
    """Lists the runs of one resource that were sent since an instant, by when they were sent.

    The group is the area and the account the project; what stands in suspense has no area and the
    scheduler's account. A run that was cut at a period's border is one run again; runs of one job
    are told apart as `7#2`. No time limit was kept, so that nothing is known of estimates.

    Units: seconds since 1970.
    """
    rows = Charge.objects.filter(resource=resource).order_by("job", "submitted_at", "started_at")
    if since is not None:
        rows = rows.filter(submitted_at__gte=since)
    runs = list(_runs(rows.values_list(*COLUMNS).iterator(chunk_size=10_000)))
    return sorted(runs, key=lambda job: (job.submit, job.job))


def _runs(rows: Iterator[tuple[object, ...]]) -> Iterator[TraceJob]:
    """Puts together what one run was cut into: its parts follow each other without a gap."""
    seen: Counter[str] = Counter()
    parts: list[tuple[object, ...]] = []
    for row in rows:
        if parts and (*row[:3], *row[4:]) != (*parts[-1][:2], parts[-1][3], *parts[-1][4:]):
            yield _run(parts, seen)
            parts = []
        parts.append(row)
    if parts:
        yield _run(parts, seen)


def _run(parts: list[tuple[object, ...]], seen: Counter[str]) -> TraceJob:
    job, sent, started, _, size, project, area, account, user, state = parts[0]
    begun, ended = _seconds(started), _seconds(parts[-1][3])
    name = str(job)
    seen[name] += 1
    return TraceJob(
        job=name if seen[name] == 1 else f"{name}#{seen[name]}",
        submit=_seconds(sent),
        duration=ended - begun,
        procs=int(str(size)),
        group=str(area or ""),
        account=str(project or account),
        user=str(user),
        state=str(state),
        start=begun,
    )


def _seconds(at: object) -> int:
    if not isinstance(at, datetime):
        raise TypeError("charges have instants")
    return int(at.timestamp())
