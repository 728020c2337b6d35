"""sacct's text rated by an engine straight from its files, and row by row where a row is odd.

The engine takes the jobs that are plainly as they should be. Every job with a record that is not
(or with two records of one key) goes whole to the reader of adapters/slurm, whose rules hold, so
the sums, rejects and counts are those of reading every row there.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from apportion.adapters.rating import expression as ex
from apportion.adapters.rating import queries
from apportion.adapters.rating.engine import Engine, day_of, prepare
from apportion.adapters.slurm.parse import SacctLayout, known_units
from apportion.core.meter.cut import Span
from apportion.core.meter.days import DayUse, add_days, rate_days
from apportion.core.meter.segments import Reading, Skip
from apportion.core.meter.tariff import DAY, Prices

ENGINE_FIELDS = ("jobidraw", "submit", "start", "end", "elapsedraw", "state", "alloctres")
LONGEST_ID = 18  # digits
MOST_TROUBLED = 200_000  # jobs; beyond, reading every row by itself is no slower
READ_BY_ENGINE = {ex.NEVER_RAN: Skip.NEVER_RAN, ex.RUNNING: Skip.RUNNING}
ReadSome = Callable[[frozenset[str]], Reading]


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What a first look at files says."""

    paths: tuple[str, ...]
    fields: tuple[str, ...]
    has_header: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedText:
    """Use by day, and what the reading came to."""

    days: list[DayUse]
    reading: Reading


def suits_engine(layout: SacctLayout, fields: Sequence[str]) -> bool:
    """Says whether an engine can read text of these fields; else every row is read by itself."""
    has_needed = all(fields.count(name) == 1 for name in ENGINE_FIELDS)
    is_plain = layout.zone is None and not layout.meter_running
    name_is_last = "jobname" not in fields or fields[-1] == "jobname"
    return has_needed and is_plain and name_is_last and len(fields) == len(set(fields))


def rate_text(
    engine: Engine,
    survey: Survey,
    *,
    layout: SacctLayout,
    prices: Prices,
    bounds: Span | None,
    read_some: ReadSome,
) -> RatedText | None:
    """Rates files by account, resource and UTC day; None where an engine cannot do it.

    `read_some` reads the rows of some job ids by the row-by-row reader.

    Raises: BadInput, when a price is too high for an engine to be exact.
    """
    engine.read_records(survey.paths, fields=survey.fields, has_header=survey.has_header)
    dialect, tariff = engine.dialect, prices.tariff
    engine.keep("jobs", queries.jobs(dialect, fields=survey.fields, tariff=tariff))
    rows = engine.rows_read()
    misfits = engine.misfits()
    if misfits is None:
        return None
    found = _look(engine, layout)
    troubled = _find_troubled(engine, survey.fields, (found, misfits))
    if troubled is None or len(troubled) > MOST_TROUBLED:
        return None
    engine.put("troubled", ex.TROUBLED, _numbers(troubled))
    counted = _Counts(engine.ask(queries.plain(dialect, "counts")))
    days: list[DayUse] = []
    if counted.jobs:
        resources = prepare(
            engine,
            prices=prices,
            shapes=found.shapes,
            queue_groups=counted.queue_groups,
            days=range(counted.first // DAY, (counted.last - 1) // DAY + 1),
        )
        query = queries.days(dialect, bounds=bounds, has_refunds=bool(tariff.refunds))
        days = [day_of(row, resources) for row in engine.ask(query)]
    rest = read_some(frozenset(troubled)) if troubled else _nothing()
    by_row = rate_days(rest.segments, prices=prices, bounds=bounds)
    days = add_days((*days, *by_row)) if by_row else sorted(days)
    return RatedText(days=days, reading=_whole_reading(engine, rows, (found, counted), rest))


class _Counts:
    """How many jobs of each kind the engine took, and when they ran."""

    def __init__(self, rows: Iterable[tuple[object, ...]]) -> None:
        self.by_kind: dict[int, int] = {}
        self.queue_groups: set[int] = set()
        spans: list[tuple[int, int]] = []
        for kind, group, count, first, last in rows:
            number = _whole(kind)
            self.by_kind[number] = self.by_kind.get(number, 0) + _whole(count)
            if number == ex.RAN:
                self.queue_groups.add(_whole(group))
                spans.append((_whole(first), _whole(last)))
        self.jobs = self.by_kind.get(ex.RAN, 0)
        self.first = min((low for low, _ in spans), default=0)
        self.last = max((high for _, high in spans), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What the jobs look like before any is left out: allocations, job ids, odd records."""

    shapes: dict[str, dict[str, int]]
    sizes: list[tuple[object, ...]]
    has_bad_shapes: bool
    jobs: int
    ids: int
    odd: int


def _look(engine: Engine, layout: SacctLayout) -> _Found:
    """Reads every different allocation once; those that cannot be read stand in `bad_shapes`."""
    good: dict[str, dict[str, int]] = {}
    bad: list[tuple[object, ...]] = []
    sizes = engine.ask(queries.plain(engine.dialect, "shapes in use"))
    for shape, _ in sizes:
        try:
            good[str(shape)] = known_units(str(shape), seconds=1, layout=layout)
        except ValueError:
            bad.append((shape,))
    engine.put("bad_shapes", (("shape", "string"),), bad)
    [numbers] = engine.ask(queries.plain(engine.dialect, "all job numbers"))
    jobs, ids, odd = map(_whole, numbers)
    return _Found(shapes=good, sizes=sizes, has_bad_shapes=bool(bad), jobs=jobs, ids=ids, odd=odd)


def _find_troubled(
    engine: Engine,
    fields: tuple[str, ...],
    seen: tuple[_Found, Sequence[str]],
) -> set[str] | None:
    """Names the jobs that go to the row-by-row reader; None where one has no name."""
    found, misfits = seen
    troubled: list[tuple[object, ...]] = []
    if found.has_bad_shapes:
        troubled += engine.ask(queries.plain(engine.dialect, "misread jobs"))
    if found.odd:
        troubled += engine.ask(queries.odd_jobs(engine.dialect, fields=fields))
    if found.jobs != found.ids:
        has_ids = bool({"sluid", "dbindex"} & set(fields))
        troubled += engine.ask(queries.repeated_jobs(engine.dialect, has_ids=has_ids))
    at = fields.index("jobidraw")
    names = {row[0] for row in troubled} | {line.split("|")[at] for line in misfits}
    return None if None in names else {str(name) for name in names}


def _numbers(names: Iterable[str]) -> Iterator[tuple[int]]:
    """Takes the ids that the engine reads as numbers; it took none of the others."""
    for name in sorted(names):
        if name.isascii() and name.isdigit() and len(name) <= LONGEST_ID:
            yield (int(name),)


def _whole_reading(
    engine: Engine, rows: int, seen: tuple["_Found", _Counts], rest: Reading
) -> Reading:
    """Adds what the engine took to what was read row by row; every other row was a step."""
    found, counted = seen
    skipped = dict(rest.skipped)
    for kind, skip in READ_BY_ENGINE.items():
        skipped[skip] = skipped.get(skip, 0) + counted.by_kind.get(kind, 0)
    by_engine = sum(n for kind, n in counted.by_kind.items() if kind != ex.ODD)
    steps = rows - by_engine - rest.rows
    skipped[Skip.STEP] = skipped.get(Skip.STEP, 0) + steps
    if rest.rows:
        [(_, ids, _)] = engine.ask(queries.plain(engine.dialect, "sound job numbers"))
        sizes = engine.ask(queries.plain(engine.dialect, "sound shapes"))
    else:
        ids, sizes = found.ids, found.sizes
    return replace(
        rest,
        rows=rows,
        jobs=rest.jobs + counted.jobs,
        elsewhere=sum(len(found.shapes[str(shape)]) * _whole(count) for shape, count in sizes),
        repeats=rest.repeats + counted.jobs - _whole(ids),
        skipped=tuple((skip, skipped[skip]) for skip in Skip if skipped.get(skip)),
    )


def _nothing() -> Reading:
    return Reading(
        rows=0,
        jobs=0,
        segments=(),
        duplicates=0,
        repeats=0,
        skipped=(),
        rejects=(),
        notes=(),
    )


def _whole(value: object) -> int:
    return value if isinstance(value, int) else int(str(value or 0))
