"""`apportion simulate`: a lab's own jobs replayed under other rules, on plain files."""

import json
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import typer

from apportion.adapters.files.client import read_whole, write_whole
from apportion.adapters.files.parse_cluster import parse_cluster
from apportion.apps.directive.traces import By, TraceFormat, read_trace
from apportion.core.faults import BadInput, Fault
from apportion.core.simulate.cluster import Cluster
from apportion.core.simulate.policy import Order, Policy
from apportion.core.simulate.trace import Trace

simulate = typer.Typer(help="Replay recorded jobs under other rules.", no_args_is_help=True)
DONE = 0

FILE = typer.Argument("", help="The trace, plain or gzip; - reads standard input; none of office.")
FORMAT = typer.Option(..., "--format", help="Its layout.")
CLUSTER = typer.Option(None, "--cluster", help="What the jobs run on; the site's cluster.toml.")
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
    cluster_file: Path | None = CLUSTER,
    order: Order = POLICY,
    out: Path | None = OUT,
    by: By = BY,
    half_life: float = HALF_LIFE,
    depth: int = DEPTH,
    checkpoint: int = CHECKPOINT,
    restart: int = RESTART,
    fields: str = FIELD_NAMES,
    zone: str = ZONE,
    resource: str = RESOURCE,
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

    cluster = _cluster(cluster_file)
    trace = _read(file, layout, by=by, fields=fields, zone=zone, resource=resource)
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
    cluster_file: Path | None = CLUSTER,
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

    cluster = _cluster(cluster_file)
    terms = parse_terms(read_whole(directive_file), str(directive_file))
    trace = _read(file, layout, by=by, fields=fields, zone=zone, resource=resource)
    directive = drill_of(terms, trace=trace, cluster=cluster, resource=resource)
    policy = Policy(
        order=order,
        half_life=round(half_life * DAY),
        depth=depth,
        checkpoint=checkpoint,
        restart=restart,
    )
    with ThreadPoolExecutor(2) as pool:
        told = preview(directive, trace, cluster, policy, tell=_step, spread=pool.map)
    if as_json:
        typer.echo(json.dumps(preview_facts(told), ensure_ascii=False))
    else:
        typer.echo(preview_text(told))
    return DONE


def _step(name: str) -> None:
    """Tells what was replayed, on a terminal only."""
    if sys.stderr.isatty():
        typer.echo(f"replayed {name}", err=True)


def _read(  # what the flags say, told once
    file: str, layout: TraceFormat, *, by: By, fields: str, zone: str, resource: str
) -> Trace:
    if not file and layout is not TraceFormat.OFFICE:
        remedy = "Name the trace, or - for standard input"
        raise BadInput([Fault(file="FILE", what="no trace is named", remedy=remedy)])
    code = resource if layout in {TraceFormat.OFFICE, TraceFormat.SACCT} else ""
    return read_trace(file, layout, by=by, fields=fields, zone=zone, resource=code)


def _cluster(file: Path | None) -> Cluster:
    if file is not None:
        return parse_cluster(read_whole(file), str(file))
    from apportion.apps.directive.rehearsals import site_cluster

    return site_cluster("")[0]


def progress(what: str) -> Callable[[int, int], None]:
    """Tells how far it is, on a terminal only."""
    if not sys.stderr.isatty():
        return lambda _done, _of: None
    return lambda done, of: typer.echo(
        f"\r{done:,} of {of:,} {what}" + ("\n" if done == of else ""), err=True, nl=False
    )
