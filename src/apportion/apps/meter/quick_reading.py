"""A scheduler's answer read the quick way where nothing is special, and row by row where it is."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from apportion.adapters.slurm.plain import PlainText, read_plain
from apportion.apps.meter.models import Charge
from apportion.apps.meter.queries import find_standing
from apportion.apps.meter.sources import Layout, Source, read_source, slurm_layout
from apportion.apps.meter.trimming import LIVE
from apportion.apps.meter.truing import refund_policy
from apportion.core.meter.plain import Use, compare_uses, plan_quick
from apportion.core.meter.plan import Facts
from apportion.core.meter.segments import gather


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a scheduler said of a window: as text, and the plain part of it; None where all is odd."""

    path: Path
    file: str  # what it is called in the books
    layout: Layout
    sha256: str
    plain: PlainText | None
    source: Source | None  # what was read row by row before the books were asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Quick:
    """What the quick way found: new uses, and how many segments are known or of no round."""

    uses: tuple[Use, ...] = ()
    known: int = 0
    uncounted: int = 0


def read_told(path: Path, *, file: str, layout: Layout) -> Told:
    """Reads what can be read without the books.

    Raises: BadInput, when the file cannot be opened.
    """
    data = path.read_bytes()
    plain = read_plain(data, layout=slurm_layout(layout))
    source = replace(read_source(str(path), layout=layout), file=file) if plain is None else None
    digest = hashlib.sha256(data).hexdigest()
    return Told(path=path, file=file, layout=layout, sha256=digest, plain=plain, source=source)


def compare_told(told: Told, *, facts: Facts, cluster: str) -> tuple[Source, Quick]:
    """Parts an answer into what is new and plain, and a reading of everything else.

    Jobs that were charged while they ran, that the policy refunds, that a border cuts, or of
    which the books say something else are read row by row.
    """
    if told.plain is None or told.source is not None:
        return _whole(told), Quick()
    running = Charge.objects.filter(source__cluster=cluster, is_open=True, state__in=LIVE)
    careful = frozenset(running.order_by().values_list("job", flat=True))
    policy = refund_policy()
    states = frozenset(filter(policy.may_hold, {job.state for job in told.plain.jobs}))
    planned = plan_quick(told.plain.jobs, facts=facts, careful=careful, states=states)
    standing = find_standing([use.id for use in planned.uses])
    new, known, differ = compare_uses(planned.uses, standing=standing)
    odd = told.plain.odd | planned.odd | differ
    source = _source(told, odd, jobs=len(told.plain.jobs) - len(planned.odd | differ))
    uncounted = planned.uncounted - _uncounted(told.plain, differ, facts)
    return source, Quick(uses=tuple(new), known=known, uncounted=uncounted)


def _whole(told: Told) -> Source:
    return told.source or replace(read_source(str(told.path), layout=told.layout), file=told.file)


def _source(told: Told, odd: frozenset[str], *, jobs: int) -> Source:
    """Reads the odd jobs row by row, and counts the others beside them."""
    layout = replace(told.layout, only=odd)
    source = read_source(str(told.path), layout=layout) if odd else _nothing(told)
    reading = replace(
        source.reading, rows=source.reading.rows + jobs, jobs=source.reading.jobs + jobs
    )
    return replace(source, file=told.file, reading=reading)


def _nothing(told: Told) -> Source:
    return Source(
        file=told.file,
        sha256=told.sha256,
        format=told.layout.format,
        reading=gather(()),
    )


def _uncounted(plain: PlainText, jobs: frozenset[str], facts: Facts) -> int:
    """Counts the segments of no round of jobs that are counted the careful way after all."""
    if not jobs:
        return 0
    units = [one.units for one in plain.jobs if one.job in jobs]
    return sum(resource not in facts.resources for some in units for resource, _ in some)
