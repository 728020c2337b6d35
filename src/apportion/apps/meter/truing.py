"""When a job that was charged has ended: its last state on every charge, and what it gets back."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from django.conf import settings

from apportion.apps.ledger.actions import post_transfers
from apportion.apps.ledger.queries import tip
from apportion.apps.meter.models import Charge
from apportion.apps.meter.queries import BATCH, standing_charges
from apportion.apps.tariffs.queries import refunds
from apportion.core.meter.dated import Refunds
from apportion.core.meter.plan import Facts, Standing, pieces_of
from apportion.core.meter.refunds import late_leg, read_refunds, refund_leg, share_of
from apportion.core.meter.segments import Segment
from apportion.core.windows import to_epoch_us

LONGEST_STATE = 20
SETTING = "APPORTION_REFUNDS"


def true_up(
    segments: Sequence[Segment],
    *,
    facts: Facts,
    before: Mapping[bytes, Standing],
    actor: str,
    now: datetime,
) -> dict[str, int]:
    """Writes how jobs ended on charges made while they ran, and refunds what the policy says.

    Shape: `before` is what stood in the books when the segments were read.
    Units: gives unit-seconds refunded, by resource. Repeating it gives nothing more.
    Raises: BadInput where the site's policy cannot be read.
    """
    policy = refund_policy()
    ended = [segment for segment in segments if not segment.is_running]
    if any(piece.is_open for piece in before.values()):
        _write_states(ended, facts, before)
    due = [segment for segment in ended if policy.may_hold(segment.state)]
    if not due:
        return {}
    ids = list(standing_charges(due, facts=facts))
    return refund_charges(ids, policy=policy, actor=actor, now=now)


def refund_policy() -> Refunds:
    """Reads the site's policy of refunds: its setting, and its rates from their days on.

    Raises: BadInput.
    """
    return refunds(read_refunds(settings.APPORTION_REFUNDS, file=SETTING))


def refund_charges(
    ids: Sequence[bytes], *, policy: Refunds, actor: str, now: datetime
) -> dict[str, int]:
    """Refunds charges that a project paid and that were not refunded before."""
    closed = tip().closed_before_us
    legs, rows = [], []
    for row in _unrefunded(ids):
        shares = policy.on(row.ended_at.astimezone(UTC).date())
        amount = share_of(row.unit_seconds, row.state, policy=shares)
        if amount and row.project is not None:
            leg = refund_leg(
                charge_id=bytes(row.key),
                project=row.project.slug,
                resource=row.resource,
                amount=amount,
                at_us=to_epoch_us(row.ended_at),
            )
            legs.append(late_leg(leg, closed_before_us=closed))
            row.refunded_seconds = amount
            rows.append(row)
    if legs:
        post_transfers(legs, now=now, actor=actor, memo="refund by the site's policy")
        Charge.objects.bulk_update(rows, ["refunded_seconds"], batch_size=BATCH)
    found: dict[str, int] = {}
    for row in rows:
        found[row.resource] = found.get(row.resource, 0) + row.refunded_seconds
    return found


def _write_states(ended: Iterable[Segment], facts: Facts, before: Mapping[bytes, Standing]) -> None:
    by_state: dict[str, list[bytes]] = {}
    for segment in ended:
        for piece_id, piece in pieces_of(segment, facts=facts, standing=before):
            if piece.is_open:
                by_state.setdefault(segment.state[:LONGEST_STATE], []).append(piece_id)
    for state, ids in by_state.items():
        for at in range(0, len(ids), BATCH):
            rows = Charge.objects.filter(key__in=ids[at : at + BATCH]).exclude(state=state)
            rows.update(state=state)


def _unrefunded(ids: Sequence[bytes]) -> Iterable[Charge]:
    for at in range(0, len(ids), BATCH):
        rows = Charge.objects.filter(key__in=ids[at : at + BATCH], refunded_seconds=0)
        yield from rows.select_related("project").order_by("ended_at", "pk")
