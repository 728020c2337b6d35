"""The only clock and the only source of chance; everything else is told."""

from datetime import UTC, datetime

from django.conf import settings


def now() -> datetime:
    """Reads the clock, in UTC; tests and the demo may put another in its place."""
    if settings.APPORTION_CLOCK is not None:
        instant: datetime = settings.APPORTION_CLOCK()
        return instant
    return datetime.now(UTC)
