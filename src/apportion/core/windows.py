"""Half-open spans of time: a window holds its start and not its end."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Window:
    """A span [starts_at, ends_at) of aware UTC instants; never empty."""

    starts_at: datetime
    ends_at: datetime

    def __post_init__(self) -> None:
        for name, at in (("starts_at", self.starts_at), ("ends_at", self.ends_at)):
            if at.utcoffset() != timedelta(0):
                raise ValueError(f"{name} must be UTC, got {at.isoformat()}")
        if self.ends_at <= self.starts_at:
            raise ValueError("a window ends after it starts")

    @property
    def seconds(self) -> int:
        """Whole seconds from start to end."""
        return int((self.ends_at - self.starts_at).total_seconds())

    def holds(self, at: datetime) -> bool:
        """Says whether the instant lies inside."""
        return self.starts_at <= at < self.ends_at

    def overlaps(self, other: "Window") -> bool:
        """Says whether the two share any instant."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def intersect(self, other: "Window") -> "Window | None":
        """Gives what both share, or None where they share nothing."""
        if not self.overlaps(other):
            return None
        return Window(
            starts_at=max(self.starts_at, other.starts_at), ends_at=min(self.ends_at, other.ends_at)
        )


def from_epoch(seconds: int) -> datetime:
    """Turns epoch seconds into an aware UTC instant."""
    return datetime.fromtimestamp(seconds, UTC)


def parse_instant(text: str) -> datetime:
    """Reads an instant: a date (its first moment), or date and time with offset; without it, UTC.

    Raises: ValueError, whose message says what would be right.
    """
    try:
        at = datetime.fromisoformat(text.strip())
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("write a date or an instant: 2026-03-31 or 2026-03-31T09:00Z") from None


def overlap_seconds(start: int, end: int, window_start: int, window_end: int) -> int:
    """Counts the seconds of [start, end) that fall inside [window_start, window_end)."""
    return max(0, min(end, window_end) - max(start, window_start))


def from_epoch_us(microseconds: int) -> datetime:
    """Turns epoch microseconds into an aware UTC instant, exactly."""
    return EPOCH + timedelta(microseconds=microseconds)


def to_epoch_us(at: datetime) -> int:
    """Turns an aware instant into epoch microseconds, exactly."""
    return (at - EPOCH) // timedelta(microseconds=1)
