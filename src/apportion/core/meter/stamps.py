"""Instants and whole numbers as accounting files write them."""

from datetime import UTC, datetime, tzinfo

NO_INSTANT = frozenset({"", "unknown", "none", "n/a"})
LAST_SECOND = 253_402_300_799  # the end of the year 9999, the last instant that can be printed


def read_instant(text: str, zone: tzinfo | None) -> int | None:
    """Reads epoch seconds, or a date and time with offset, or one in the zone stated.

    A local time that a clock change makes happen twice is read as the first of the two.

    Raises: ValueError, whose message says what would be right.
    """
    stripped = text.strip()
    if stripped.isascii() and stripped.isdigit():
        return _in_range(int(stripped[:20]))
    if stripped.lower() in NO_INSTANT:
        return None
    try:
        at = datetime.fromisoformat(stripped)
    except ValueError:
        raise ValueError("not epoch seconds or a date and time") from None
    if at.tzinfo is None:
        if zone is None:
            raise ValueError("a local time; say which with --zone, or export SLURM_TIME_FORMAT=%s")
        at = at.replace(tzinfo=zone)
    return _in_range(round(at.astimezone(UTC).timestamp()))


def read_whole(text: str) -> int:
    """Reads a non-negative whole number; `66.0` is one, as exports through pandas write it.

    Raises: ValueError.
    """
    stripped = text.strip()
    whole, point, decimals = stripped.partition(".")
    if point and decimals and not decimals.strip("0"):
        stripped = whole
    if not (stripped.isascii() and stripped.isdigit()):
        raise ValueError("not a whole number, zero or more")
    if len(stripped) > 18:  # beyond any column of ours, and int() of a huge text is slow
        raise ValueError("too large")
    return int(stripped)


def _in_range(seconds: int) -> int:
    if not 0 <= seconds <= LAST_SECOND:
        raise ValueError("outside the years 1970 to 9999")
    return seconds
