"""What accounting says: segments of use, and the report of one reading."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum

from apportion.core.faults import Fault
from apportion.core.meter.lines import CUT_OFF, Note

# A broken row beyond these would cost a project everything; sums of honest ones fit 64 bits.
LONGEST_SECONDS = 10 * 366 * 86_400
LARGEST_SIZE = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One run of one job on one resource: how many units, from when to when.

    Units: instants in epoch seconds; size in units of the resource (GPUs, cores).
    Shape: `run` names the accounting record and `key` this resource of it. `ended_at` less
        `started_at` is the time to pay for: a suspended job's pause is left out at its end.
        `queue` and `qos` are where the job waited, for prices by queue class. A running job
        ends where it was seen last, and a later record of it says more.
    """

    run: str
    project: str
    user: str
    resource: str
    submitted_at: int
    started_at: int
    ended_at: int
    size: int
    state: str = ""
    job: str = ""
    name: str = ""
    queue: str = ""  # partition, local queue
    qos: str = ""  # quality of service, priority class
    is_running: bool = False
    occurrence: int = 1  # the n-th row of the same content, where rows carry no ids
    file: str = field(default="", compare=False)
    line: int = field(default=0, compare=False)

    @property
    def key(self) -> str:
        """Names the segment for ever: the same record imported again has the same key."""
        return f"{self.run}/{self.resource}"

    @property
    def unit_seconds(self) -> int:
        """The whole use of the segment."""
        return self.size * (self.ended_at - self.started_at)


class Skip(Enum):
    """Why a sound row is not a segment."""

    STEP = "steps, inside their job"
    RUNNING = "still running, counted when they end"
    NEVER_RAN = "never ran"
    OTHER = "not use of a metered resource"


Outcome = tuple[Segment, ...] | Skip | Note | Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a reading of accounting files found.

    Shape: rows = jobs + duplicates + skipped + rejects of rows. `duplicates` are rows whose
        record was read before, perhaps while it ran, and that count once, as last seen; `repeats` are rows that look like another
        (same content without ids, or the same job id) and are counted, being other runs.
        `elsewhere` segments were rated by an engine and are not held here.
    """

    rows: int
    jobs: int
    segments: tuple[Segment, ...]
    duplicates: int
    repeats: int
    skipped: tuple[tuple[Skip, int], ...]
    rejects: tuple[Fault, ...]
    notes: tuple[Fault, ...]
    elsewhere: int = 0

    @property
    def segment_count(self) -> int:
        """All segments, held here or not."""
        return len(self.segments) + self.elsewhere

    @property
    def is_cut_off(self) -> bool:
        """Says whether a file ended in the middle of a line, so that rows after it are missing."""
        return any(fault.what == CUT_OFF for fault in self.rejects)


def gather(outcomes: Iterable[Outcome]) -> Reading:
    """Collects the outcomes of rows into one reading; one bad row stops nothing."""
    rows = duplicates = 0
    runs: dict[str, tuple[Segment, ...]] = {}
    skipped: Counter[Skip] = Counter()
    rejects: list[Fault] = []
    notes: list[Fault] = []
    for outcome in outcomes:
        if isinstance(outcome, Note):
            notes.append(outcome.fault)
            continue
        rows += 1
        if isinstance(outcome, Fault):
            rejects.append(outcome)
        elif isinstance(outcome, Skip):
            skipped[outcome] += 1
        elif (known := runs.get(outcome[0].run)) is None:
            runs[outcome[0].run] = outcome
        elif known == outcome:
            duplicates += 1
        elif known[0].is_running:
            duplicates += 1
            runs[outcome[0].run] = _latest(known, outcome)
        elif outcome[0].is_running:
            duplicates += 1
        else:
            rejects.append(_contradiction(outcome[0], known[0]))
    return Reading(
        rows=rows,
        jobs=len(runs),
        segments=tuple(_flat(runs)),
        duplicates=duplicates,
        repeats=_count_repeats(runs),
        skipped=tuple((skip, skipped[skip]) for skip in Skip if skipped[skip]),
        rejects=tuple(rejects),
        notes=tuple(notes),
    )


def implausible(*, size: int, seconds: int) -> str | None:
    """Says what is wrong with a size and a duration that no machine could have had."""
    if seconds < 0:
        return "ends before it starts"
    if seconds > LONGEST_SECONDS:
        return f"longer than {LONGEST_SECONDS} seconds, ten years"
    if size > LARGEST_SIZE:
        return f"more than {LARGEST_SIZE} units"
    return None


def _latest(known: tuple[Segment, ...], other: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """Keeps the record of a running job that says most: its end, else the longest run."""
    if not other[0].is_running or other[0].ended_at > known[0].ended_at:
        return other
    return known


def _flat(runs: dict[str, tuple[Segment, ...]]) -> Iterator[Segment]:
    for segments in runs.values():
        yield from segments


def _count_repeats(runs: dict[str, tuple[Segment, ...]]) -> int:
    named: Counter[str] = Counter()
    copies = 0
    for segments in runs.values():
        first = segments[0]
        copies += first.occurrence > 1
        if first.job:
            named[first.job] += 1
    return copies + sum(count - 1 for count in named.values())


def _contradiction(segment: Segment, known: Segment) -> Fault:
    return Fault(
        file=segment.file,
        line=segment.line,
        field="key",
        value=segment.run,
        what=f"another record has this key and other content ({known.file}:{known.line})",
        remedy="The first was counted; export both again to see which is right",
    )
