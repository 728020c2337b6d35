"""`apportion simulate`: a lab's own jobs replayed under other rules, on plain files."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, tzinfo
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from apportion.adapters.files.client import read_whole, write_whole
from apportion.adapters.files.parse_cluster import parse_cluster
from apportion.adapters.slurm.jobs import parse_sacct_jobs
from apportion.adapters.slurm.parse import FIELDS, SacctLayout
from apportion.adapters.swf.jobs import parse_swf_jobs
from apportion.adapters.traces.client import read_chunks
from apportion.adapters.traces.jobs import parse_csv_jobs, parse_philly_jobs
from apportion.core.faults import BadInput, Fault
from apportion.core.simulate.policy import Order, Policy
from apportion.core.simulate.trace import Trace, TraceJob, lay_out

simulate = typer.Typer(help="Replay recorded jobs under other rules.", no_args_is_help=True)
DONE = 0


class TraceFormat(StrEnum):
    """The layouts in which a trace may come."""

    SWF = "swf"
    CSV = "csv"
    SACCT = "sacct"
    PHILLY = "philly"


class By(StrEnum):
    """What makes jobs one group."""

    GROUP = "group"
    ACCOUNT = "account"
    USER = "user"


FILE = typer.Argument(help="The trace, plain or gzip; - reads standard input.")
FORMAT = typer.Option(..., "--format", help="Its layout.")
CLUSTER = typer.Option(..., "--cluster", help="What the jobs run on: cluster.toml.")
POLICY = typer.Option(Order.EASY, "--policy", help="Whose turn it is.")
SHARED_POLICY = typer.Option(Order.FAIR_SHARE, "--policy", help="Whose turn it is.")
DIRECTIVE = typer.Option(..., "--directive", help="The emergency: directive.toml.")
OUT = typer.Option(None, "--out", help="Write job,submit,start,end into this file.")
BY = typer.Option(By.GROUP, "--by", help="What makes jobs one group.")
HALF_LIFE = typer.Option(7.0, "--half-life", min=0, max=36_500, help="Days; 0 forgets nothing.")
DEPTH = typer.Option(0, "--depth", min=0, help="Jobs tried behind the first; 0 is all.")
CHECKPOINT = typer.Option(3600, "--checkpoint", min=1, max=10**9, help="Seconds between two.")
RESTART = typer.Option(300, "--restart", min=0, max=10**6, help="Seconds that a restart takes.")
RECLAIM = typer.Option(False, "--reclaim", help="Stop jobs of groups above their quota.")
PREEMPT = typer.Option(False, "--preempt", help="Stop jobs of lower classes (priority only).")
FIELD_NAMES = typer.Option("", "--fields", help="Of sacct text without a header, by comma.")
ZONE = typer.Option("", "--zone", help="Of local times, such as Europe/Berlin.")
RESOURCE = typer.Option("", "--resource", help="The resource, such as gpu:h100, where several are.")
AS_JSON = typer.Option(False, "--json", help="As JSON.")
DAY = 86_400


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    app.add_typer(simulate, name="simulate")


@simulate.command("replay")
def replay_file(  # noqa: PLR0913  one flag for each rule
    file: str = FILE,
    layout: TraceFormat = FORMAT,
    cluster_file: Path = CLUSTER,
    order: Order = POLICY,
    out: Path | None = OUT,
    by: By = BY,
    half_life: float = HALF_LIFE,
    depth: int = DEPTH,
    checkpoint: int = CHECKPOINT,
    restart: int = RESTART,
    fields: str = FIELD_NAMES,
    zone: str = ZONE,
    *,
    reclaim: bool = RECLAIM,
    preempt: bool = PREEMPT,
    as_json: bool = AS_JSON,
) -> int:
    """Replay a trace: who would have started when, and how far that is from what was recorded."""
    from apportion.adapters.files.render_replay import (
        left_out_lines,
        replay_facts,
        replay_text,
        starts_csv,
    )
    from apportion.core.simulate.fidelity import compare_with_record
    from apportion.core.simulate.replay import replay
    from apportion.core.simulate.summary import summarise

    cluster = parse_cluster(read_whole(cluster_file), str(cluster_file))
    trace = read_trace(file, layout, by=by, fields=fields, zone=zone)
    policy = Policy(
        order=order,
        half_life=round(half_life * DAY),
        depth=depth,
        checkpoint=checkpoint,
        restart=restart,
        reclaim=reclaim,
        stop_lower=preempt,
    )
    told = replay(trace, cluster, policy, watch=progress("jobs"))
    summary, fidelity = summarise(told), compare_with_record(told)
    if out is not None:
        write_whole(out, starts_csv(told).encode())
    for line in left_out_lines(told.trace.rejects):
        typer.echo(line, err=True)
    if as_json:
        typer.echo(json.dumps(replay_facts(told, summary, fidelity), ensure_ascii=False))
    else:
        typer.echo(replay_text(told, summary, fidelity))
    return DONE


@simulate.command("directive")
def preview_directive(  # noqa: PLR0913  one flag for each rule
    file: str = FILE,
    layout: TraceFormat = FORMAT,
    cluster_file: Path = CLUSTER,
    directive_file: Path = DIRECTIVE,
    order: Order = SHARED_POLICY,
    by: By = BY,
    half_life: float = HALF_LIFE,
    depth: int = DEPTH,
    checkpoint: int = CHECKPOINT,
    restart: int = RESTART,
    fields: str = FIELD_NAMES,
    zone: str = ZONE,
    resource: str = RESOURCE,
    *,
    as_json: bool = AS_JSON,
) -> int:
    """Preview an emergency: who gains, who pays, how much later, and when it is paid back."""
    from apportion.adapters.files.parse_terms import parse_terms
    from apportion.adapters.files.render_preview import preview_facts, preview_text
    from apportion.core.directive.drill import drill_of
    from apportion.core.simulate.preview import preview

    cluster = parse_cluster(read_whole(cluster_file), str(cluster_file))
    terms = parse_terms(read_whole(directive_file), str(directive_file))
    trace = read_trace(file, layout, by=by, fields=fields, zone=zone)
    directive = drill_of(terms, trace=trace, cluster=cluster, resource=resource)
    policy = Policy(
        order=order,
        half_life=round(half_life * DAY),
        depth=depth,
        checkpoint=checkpoint,
        restart=restart,
    )
    told = preview(directive, trace, cluster, policy, tell=_step)
    if as_json:
        typer.echo(json.dumps(preview_facts(told), ensure_ascii=False))
    else:
        typer.echo(preview_text(told))
    return DONE


def _step(name: str) -> None:
    """Tells what was replayed, on a terminal only."""
    if sys.stderr.isatty():
        typer.echo(f"replayed {name}", err=True)


def read_trace(file: str, layout: TraceFormat, *, by: By, fields: str, zone: str) -> Trace:
    """Reads a trace; jobs that cannot be run are among its rejects.

    Raises: BadInput, where no job is left.
    """
    chunks, local = read_chunks(file), _zone(zone)
    match layout:
        case TraceFormat.SWF:
            found = parse_swf_jobs(chunks, file=file)
        case TraceFormat.CSV:
            found = parse_csv_jobs(chunks, file=file, zone=local)
        case TraceFormat.PHILLY:
            found = parse_philly_jobs(chunks, file=file, zone=local or UTC)
        case TraceFormat.SACCT:
            names = tuple(name.strip().lower() for name in fields.split(",") if name.strip())
            slurm = SacctLayout(fields=names or FIELDS, zone=local)
            found = parse_sacct_jobs(chunks, file=file, layout=slurm)
    read: list[TraceJob] = []
    rejects: list[Fault] = []
    for one in found:
        if isinstance(one, Fault):
            rejects.append(one)
        else:
            read.append(one)
    trace = lay_out(read, file=file, rejects=rejects, by=by.value)
    if not len(trace):
        remedy = "Give a row with submit, duration and procs above 0"
        fault = Fault(file=file, what="no job to replay", remedy=remedy)
        raise BadInput([*trace.rejects, fault])
    return trace


def progress(what: str) -> Callable[[int, int], None]:
    """Tells how far it is, on a terminal only."""
    if not sys.stderr.isatty():
        return lambda _done, _of: None
    return lambda done, of: typer.echo(
        f"\r{done:,} of {of:,} {what}" + ("\n" if done == of else ""), err=True, nl=False
    )


def _zone(name: str) -> tzinfo | None:
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        fault = Fault(
            file="--zone", what="no such zone", value=name, remedy="Write one such as Asia/Tokyo"
        )
        raise BadInput([fault]) from None
