"""Whether the books keep pace: what is held, what should have lapsed, and when they were written."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from apportion.apps.ledger.models import Hold
from apportion.apps.ledger.queries import tip
from apportion.core.windows import from_epoch_us, to_epoch_us


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """What the books say of themselves at an instant."""

    leaves: int
    transfers: int
    holds_open: int
    oldest_lapsed_at: datetime | None  # of holds that are over and not yet released
    written_at: datetime | None


def take_pulse(*, now: datetime) -> Pulse:
    """Reads the tip and the open holds, in two statements."""
    end = tip()
    held = Hold.objects.filter(open=True).aggregate(
        open=Count("seq"), lapsed=Min("expires_us", filter=Q(expires_us__lte=to_epoch_us(now)))
    )
    lapsed = held["lapsed"]
    return Pulse(
        leaves=end.size,
        transfers=end.transfers,
        holds_open=held["open"],
        oldest_lapsed_at=None if lapsed is None else from_epoch_us(lapsed),
        written_at=from_epoch_us(end.recorded_us) if end.recorded_us else None,
    )
