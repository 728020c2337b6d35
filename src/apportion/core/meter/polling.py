"""Which windows of a scheduler's accounting to ask for, and how far one pass has come.

A window gives the jobs that ran in it. Each pass begins before the end of the last one by as much
as the longest job may take: records that were written late, or that ended while the clock stood
elsewhere, are met again, and what stands in the books already stays as it is.
"""

from dataclasses import dataclass

from apportion.core.meter.cut import Span

DAY = 86_400
FIRST_WIDTH = DAY
NARROWEST, WIDEST = 3600, 32 * DAY
FEWEST_ROWS, MOST_ROWS = 15_000, 60_000  # of a window: large enough to be quick, small in memory
USUAL_OVERLAP = 7 * DAY  # where the scheduler allows jobs without end


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """From when to when a pass reads. Units: epoch seconds.

    Shape: `stepped_back` says by how much the clock stands before the end of the last pass.
    """

    span: Span
    stepped_back: int = 0


def plan_pass(*, now: int, covered_until: int | None, overlap: int, since: int | None) -> Pass:
    """Says from when to when to read: what is new, and again what may have been written late.

    `since` reads again from an instant on. A clock that was set back makes the pass begin from
    where it stands now, so that the time that comes twice is read twice.
    """
    reached = now if covered_until is None else min(covered_until, now)
    start = max(0, reached - overlap)
    if since is not None:
        start = min(start, since) if covered_until is not None else since
    stepped_back = max(0, (covered_until or now) - now)
    return Pass(span=(min(start, now - 1), now), stepped_back=stepped_back)


def next_window(span: Span, *, at: int, width: int) -> Span | None:
    """Gives the window of a pass that starts at an instant, or None at its end."""
    low, high = max(span[0], at), span[1]
    return (low, min(low + width, high)) if low < high else None


def next_width(width: int, *, rows: int) -> int:
    """Widens windows that hold few rows and narrows those that hold many. Units: seconds."""
    if rows > MOST_ROWS:
        return max(NARROWEST, width // 2)
    if rows < FEWEST_ROWS:
        return min(WIDEST, width * 2)
    return width
