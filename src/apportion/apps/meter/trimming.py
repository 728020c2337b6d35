"""When accounting says less of a job than was charged while it ran: what is beyond goes back.

A scheduler that crashed may file an earlier end than the one it showed, or start a job again and
write the new run over the old one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from apportion.apps.ledger.actions import post_transfers
from apportion.apps.ledger.queries import tip
from apportion.apps.meter.models import Charge
from apportion.apps.meter.queries import BATCH, standing_charges
from apportion.core.ids import transfer_id
from apportion.core.ledger import Key, Kind, Transfer, TransferCode
from apportion.core.meter.cut import Span
from apportion.core.meter.plan import SUSPENDED, Facts, Standing, pieces_of
from apportion.core.meter.segments import LONGEST_SECONDS, Segment
from apportion.core.periods import post_late
from apportion.core.windows import from_epoch, to_epoch_us

LIVE = ("RUNNING", "SUSPENDED", "STOPPED", "RESIZING", "SIGNALING", "COMPLETING", "STAGE_OUT")
GONE = "GONE"  # the state of a charge whose run the scheduler no longer knows
GRACE = timedelta(minutes=5)  # Slurm may leave a job out for some seconds


def trim_charges(
    segments: Sequence[Segment],
    *,
    facts: Facts,
    before: Mapping[bytes, Standing],
    cluster: str,
    window: Span,
    actor: str,
    now: datetime,
) -> int:
    """Gives back what open charges hold beyond the accounting; gives how many were trimmed."""
    ends = _ends_of_shrunk(segments, facts, before)
    rows = [(row, ends[bytes(row.key)]) for row in _rows(list(ends))]
    rows += [(row, row.started_at) for row in _vanished(segments, cluster, window, now)]
    legs = [leg for row, end in rows for leg in _legs(row, _beyond(row, end))]
    if not legs:
        return 0
    legs = post_late(legs, closed_before_us=tip().closed_before_us)
    post_transfers(legs, now=now, actor=actor, memo=f"trimmed to the accounting of {cluster}"[:200])
    for row, end in rows:
        beyond, whole = _beyond(row, end), row.unit_seconds
        row.overrun_seconds -= min(beyond, row.overrun_seconds)
        row.unit_seconds -= beyond
        row.microcredits = row.microcredits * row.unit_seconds // whole
        row.ended_at = end
        row.state = GONE if not row.unit_seconds else row.state
    fields = ["overrun_seconds", "unit_seconds", "microcredits", "ended_at", "state"]
    Charge.objects.bulk_update([row for row, _ in rows], fields, batch_size=500)
    return len(rows)


def _ends_of_shrunk(
    segments: Iterable[Segment], facts: Facts, before: Mapping[bytes, Standing]
) -> dict[bytes, datetime]:
    """Finds pieces that reach beyond the end of their job, with where they should end."""
    if not any(piece.is_open for piece in before.values()):
        return {}
    shrunk = [
        segment
        for segment in segments
        if not segment.is_running
        and any(
            piece.is_open and piece.ended_at > segment.ended_at
            for _, piece in pieces_of(segment, facts=facts, standing=before)
        )
    ]
    # A longer twin of the job finds all that was charged of it, past its end too.
    twins = [replace(one, ended_at=one.started_at + LONGEST_SECONDS) for one in shrunk]
    standing = standing_charges(twins, facts=facts) if twins else {}
    return {
        piece_id: from_epoch(max(segment.ended_at, piece.started_at))
        for segment, twin in zip(shrunk, twins, strict=True)
        for piece_id, piece in pieces_of(twin, facts=facts, standing=standing)
        if piece.ended_at > segment.ended_at
    }


def _vanished(
    segments: Iterable[Segment], cluster: str, window: Span, now: datetime
) -> list[Charge]:
    """Finds what was charged of runs that a whole answer about their time no longer holds."""
    low, high = (from_epoch(at) for at in window)
    rows = Charge.objects.filter(
        source__cluster=cluster,
        is_open=True,
        state__in=LIVE,
        started_at__lt=high,
        ended_at__gt=low,
        ended_at__lte=min(high, now - GRACE),
    ).select_related("project")
    found = list(rows)
    if not found:
        return []
    seen: dict[tuple[str, int], int] = {}
    for one in segments:
        run = one.job, one.submitted_at
        seen[run] = min(seen.get(run, one.started_at), one.started_at)
    return [
        row
        for row in found
        if seen.get((row.job, int(row.submitted_at.timestamp())), to_epoch_us(row.ended_at))
        > int(row.started_at.timestamp())
    ]


def _rows(ids: Sequence[bytes]) -> list[Charge]:
    found: list[Charge] = []
    for at in range(0, len(ids), BATCH):
        rows = Charge.objects.filter(key__in=ids[at : at + BATCH], unit_seconds__gt=0)
        found += rows.select_related("project")
    return found


def _beyond(row: Charge, end: datetime) -> int:
    """Counts the unit-seconds of a charge after an instant."""
    return row.size * int((row.ended_at - end).total_seconds())


def _legs(row: Charge, beyond: int) -> Iterable[Transfer]:
    """Gives usage back the way it came: overrun first, as it was paid last."""
    key, unit = bytes(row.key), row.resource
    if row.project is None:
        parts = [(Key(Kind.SUSPENSE, row.account, unit), beyond)]
        consumer = Key(Kind.CONSUMED, SUSPENDED, unit)
    else:
        over = min(beyond, row.overrun_seconds)
        slug = row.project.slug
        parts = [
            (Key(Kind.OVERRUN, slug, unit), over),
            (Key(Kind.PROJECT, slug, unit), beyond - over),
        ]
        consumer = Key(Kind.CONSUMED, slug, unit)
    at_us = to_epoch_us(row.ended_at)
    for account, amount in parts:
        if amount:
            source = f"trim:{key.hex()}:{row.unit_seconds}/{account.kind}"
            yield Transfer(
                id=transfer_id(at_us // 1000, source),
                group=f"trim:{key.hex()}",
                debit=consumer,
                credit=account,
                amount=amount,
                code=TransferCode.SETTLE,
                source=source,
                effective_us=at_us,
            )
