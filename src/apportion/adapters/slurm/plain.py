"""sacct's text in one pass where a row is plainly as it should be; the others are named, not read.

A plain row is of a job that ended, with numbers for all instants and an allocation that can be
read, and no other row bears its number. What is read of it is what adapters/slurm/parse.py reads.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from apportion.adapters.slurm.parse import FIELDS, SacctLayout, is_header, known_units
from apportion.core.meter.lines import BYTE_ORDER_MARK, MAX_LINE_BYTES
from apportion.core.meter.plain import PlainJob
from apportion.core.meter.segments import LONGEST_SECONDS

ODD_BYTES = (b"\0", b"\r")
FEWEST_DIGITS, MOST_DIGITS = 9, 11  # of an instant: since 1973, and before the year 5138


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainText:
    """The jobs of plain rows, and the numbers of those whose rows are for the careful reader."""

    jobs: tuple[PlainJob, ...]
    odd: frozenset[str]


def read_plain(data: bytes, *, layout: SacctLayout) -> PlainText | None:
    """Reads whole text with the usual fields; None where only the careful reader can tell."""
    if layout.fields != FIELDS or layout.zone is not None or layout.only is not None:
        return None
    if not data.endswith(b"\n") or any(odd in data for odd in ODD_BYTES):
        return None
    try:
        lines = data.decode().split("\n")
    except UnicodeDecodeError:
        return None
    lines.pop()
    if data.startswith(BYTE_ORDER_MARK) or is_header(lines[0]) or _is_long(lines):
        return None
    found: dict[str, PlainJob] = {}
    odd: set[str] = set()
    units = _Units(layout)
    for line in lines:
        job = _read(line, units)
        number = line.partition("|")[0] if job is None else job.job
        if job is None or number in found:
            odd.add(number)
        else:
            found[number] = job
    for number in odd:
        found.pop(number, None)
    return PlainText(jobs=tuple(found.values()), odd=frozenset(odd))


class _Units(dict[str, tuple[tuple[str, int], ...]]):
    """What allocations are, each read once; those that cannot be read are nothing."""

    def __init__(self, layout: SacctLayout) -> None:
        self.layout = layout

    def __missing__(self, shape: str) -> tuple[tuple[str, int], ...]:
        try:
            units: Mapping[str, int] = known_units(shape, seconds=1, layout=self.layout)
        except ValueError:
            units = {}
        self[shape] = tuple(units.items())
        return self[shape]


def _read(line: str, units: _Units) -> PlainJob | None:
    cells = line.split("|")
    if len(cells) != len(FIELDS):
        return None
    job, cluster, account, user, queue, qos, state, submit, _, start, end, elapsed, _, shape = (
        cells[:14]
    )
    for text in (submit, start, end):
        if not (text.isdigit() and text.isascii() and FEWEST_DIGITS <= len(text) <= MOST_DIGITS):
            return None
    if not (job.isdigit() and job.isascii() and elapsed.isdigit() and elapsed.isascii()):
        return None
    began, seconds = int(start), int(elapsed[:MOST_DIGITS])
    if not 0 < seconds <= min(int(end) - began, LONGEST_SECONDS) or len(elapsed) > MOST_DIGITS:
        return None
    allocated = units[shape]
    if not allocated:
        return None
    sent = int(submit)
    run = f"sacct/{cluster}/{job}/{sent}/{began}"
    word = state.partition(" ")[0]
    ended = began + seconds
    return PlainJob(
        job, run, account, user, word, cells[18], queue, qos, sent, began, ended, allocated
    )


def _is_long(lines: list[str]) -> bool:
    return max(map(len, lines)) * 4 > MAX_LINE_BYTES  # a character is at most four bytes
