"""What the usage verbs say: readings, totals and imports, for people and for programs."""

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from apportion.adapters.terminal.render import Layout, render_rows
from apportion.apps.meter.actions import Imported
from apportion.apps.meter.admission import Held
from apportion.apps.meter.collecting import Step, Synced
from apportion.apps.meter.reconciling import Waiting
from apportion.core.faults import Fault
from apportion.core.meter.segments import Reading
from apportion.core.meter.totals import Total, Totals
from apportion.core.units import DisplayUnit, format_credits, format_quantity
from apportion.core.windows import from_epoch

TOLD = 20  # faults told on the terminal; --json holds all of them
LISTED = 30  # accounts listed on the terminal, the largest first; --json holds all
TOTAL_COLUMNS = ("account", "resource", "charges", "hours", "credits")


def tell_reading(reading: Reading) -> Iterator[str]:
    """Says what was found in accounting files, a line a count."""
    counts = [
        (reading.rows, "rows read"),
        (reading.jobs, "jobs"),
        (reading.segment_count, "segments"),
        (reading.duplicates, "duplicates: the same record again, counted once"),
        (reading.repeats, "repeats: rows that repeat another and are counted"),
        *((count, skip.value) for skip, count in reading.skipped),
        (len(reading.rejects), "rejects"),
    ]
    for count, what in counts:
        yield f"{count:>12,}  {what}"


def tell_totals(totals: Totals) -> Iterator[str]:
    """Says what was used, per resource and per account."""
    for row in totals.by_resource:
        kind, _, model = row.resource.partition(":")
        label = f"{kind.upper()}-hours" + (f" ({model})" if model else "")
        credited = f", {_credits(row.microcredits)} credits" if row.microcredits else ""
        yield f"{_hours(row.unit_seconds)} {label}{credited}"
    largest = sorted(totals.by_account, key=lambda row: -row.unit_seconds)[:LISTED]
    rows = [_plain_total(row) | {"hours": _hours(row.unit_seconds)} for row in largest]
    if rows:
        yield ""
        yield render_rows(rows, TOTAL_COLUMNS, Layout())
    if more := len(totals.by_account) - len(rows):
        yield f"... and {more:,} smaller; --json lists every one"


def tell_import(imported: Imported) -> Iterator[str]:
    """Says what importing one file came to."""
    reading = imported.source.reading
    yield f"{imported.source.file}"
    yield from tell_reading(reading)
    yield f"{imported.added:>12,}  charges added"
    yield f"{imported.known:>12,}  segments stood in the books already"
    if imported.contradictions:
        yield f"{len(imported.contradictions):>12,}  segments contradict the books, see below"
    if imported.outside:
        yield f"{imported.outside:>12,}  parts lie outside the round's credit window"
    if imported.uncounted:
        yield f"{imported.uncounted:>12,}  segments of resources that no round gives"
    if imported.suspended:
        yield (
            f"{imported.suspended:>12,}  charges wait in suspense: no project, "
            "or no round's credits"
        )
    for resource, seconds in sorted(imported.added_seconds.items()):
        beyond = imported.overrun_seconds.get(resource, 0)
        tail = f", {_hours(beyond)} of them beyond the credits" if beyond else ""
        yield f"{resource}: {_hours(seconds)} hours{tail}"


def tell_sync(told: Synced) -> Iterator[str]:
    """Says what reading a cluster's accounting came to."""
    low, high = (f"{from_epoch(at):%Y-%m-%d %H:%M}" for at in told.span)
    yield f"{told.cluster}: {low} to {high} UTC, {told.windows} windows, {told.rows:,} rows"
    if told.stepped_back:
        yield f"The clock stands {told.stepped_back:,} s before the end of the last sync."
    counts = [
        (told.added, "charges added"),
        (told.suspended, "of them wait in suspense: no project, no user, or no round's credits"),
        (told.uncounted, "segments of resources that no round gives"),
        (told.rejects, "rows rejected that were not before: apportion usage rejects"),
        (told.contradictions, "segments contradict the books"),
    ]
    for count, what in counts:
        if count or what == "charges added":
            yield f"{count:>12,}  {what}"
    for code, seconds in told.added_seconds:
        yield f"{code}: {_hours(seconds)} hours"
    for code, seconds in told.refunded_seconds:
        yield f"{code}: {_hours(seconds)} hours refunded"


def tell_held(held: Held | None) -> Iterator[str]:
    """Says what is held for the jobs that wait or run, where any do."""
    if held is not None and held.jobs:
        short = f"; {_hours(held.short)} hours could not be held" if held.short else ""
        yield f"{held.jobs:>12,}  jobs wait or run, their credits are held{short}"


def title_of(collectors: Sequence[object], *, differences: int, waiting: Sequence[Waiting]) -> str:
    """Answers the metering page's question in one line."""
    if not collectors:
        return "No cluster's accounting is read yet."
    if differences:
        many = "daily total differs" if differences == 1 else "daily totals differ"
        return f"{differences:,} {many} from the scheduler's."
    if waiting:
        hours = _hours(sum(row.unit_seconds for row in waiting))
        return f"All days agree; {hours} hours wait for a project to pay."
    return "What was posted is what the scheduler says."


def tell_step(step: Step) -> str:
    """Says how far a sync has come."""
    at, until = (f"{from_epoch(at):%Y-%m-%d %H:%M}" for at in (step.window[1], step.until))
    one = step.imported
    return f"{at} of {until}: {one.source.reading.rows:,} rows, {one.added:,} charges added"


def tell_faults(faults: Sequence[Fault]) -> Iterator[str]:
    """Says what is wrong with rows: the first ones each, the rest as a number."""
    for fault in faults[:TOLD]:
        yield str(fault)
    if len(faults) > TOLD:
        yield f"... and {len(faults) - TOLD:,} more; --json lists every one"


def reading_facts(reading: Reading) -> dict[str, object]:
    """Gives a reading for JSON, every fault included."""
    return {
        "rows": reading.rows,
        "jobs": reading.jobs,
        "segments": reading.segment_count,
        "duplicates": reading.duplicates,
        "repeats": reading.repeats,
        "skipped": {skip.name.lower(): count for skip, count in reading.skipped},
        "rejects": [_fault(fault) for fault in reading.rejects],
        "notes": [_fault(fault) for fault in reading.notes],
    }


def totals_facts(totals: Totals) -> dict[str, object]:
    """Gives totals for JSON: integers in base units, decimals as text."""
    return {
        "resources": [_without_account(_plain_total(row)) for row in totals.by_resource],
        "accounts": [_plain_total(row) for row in totals.by_account],
    }


def import_facts_of(imported: Imported) -> dict[str, object]:
    """Gives one imported file for JSON."""
    return {
        "file": imported.source.file,
        "sha256": imported.source.sha256,
        **reading_facts(imported.source.reading),
        "added": imported.added,
        "known": imported.known,
        "outside": imported.outside,
        "uncounted": imported.uncounted,
        "suspended": imported.suspended,
        "added_seconds": dict(imported.added_seconds),
        "overrun_seconds": dict(imported.overrun_seconds),
        "contradictions": [_fault(fault) for fault in imported.contradictions],
    }


def as_json(facts: object) -> str:
    """Writes facts as JSON."""
    return json.dumps(facts, indent=1, ensure_ascii=False)


def _plain_total(row: Total) -> dict[str, object]:
    return {
        "account": row.account,
        "resource": row.resource,
        "charges": row.charges,
        "unit_seconds": row.unit_seconds,
        "hours": format_quantity(row.unit_seconds, DisplayUnit.HOUR),
        "credits": format_credits(row.microcredits),
    }


def _without_account(facts: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in facts.items() if name != "account"}


def _fault(fault: Fault) -> dict[str, object]:
    return {
        "file": fault.file,
        "line": fault.line,
        "field": fault.field,
        "value": fault.value,
        "what": fault.what,
        "remedy": fault.remedy,
    }


def _hours(unit_seconds: int) -> str:
    return f"{Decimal(unit_seconds) / 3600:,.1f}"


def _credits(microcredits: int) -> str:
    return f"{Decimal(microcredits) / 1_000_000:,.2f}"
