"""`apportion experiment`: a claim fixed beforehand, its pilot, its award in parts, its verdict."""

import json
import shutil
from pathlib import Path

import typer

from apportion.adapters.files.client import read_whole
from apportion.adapters.files.parse_claim import parse_claim
from apportion.adapters.files.parse_pilot import parse_pilot
from apportion.adapters.files.render_evidence import estimate_facts, estimate_text
from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.apply.commands import requests
from apportion.apps.apply.evidence_on_files import evidence
from apportion.apps.apply.queries import find_project, find_request
from apportion.apps.evidence.actions import (
    ask_for,
    keep_estimate,
    record_runs,
    register_experiment,
)
from apportion.apps.evidence.consents import answer_offer, offer_less, open_offer
from apportion.apps.evidence.queries import (
    find_experiment,
    list_experiments,
    looks_of,
    outcomes,
    question_of,
    steps_of,
)
from apportion.apps.grant.pilots import pay_for_pilot
from apportion.apps.grant.queries import tranches_of
from apportion.apps.grant.tranches import extend_award, look_at
from apportion.apps.people.queries import find_person
from apportion.apps.report.queries import meter_runs
from apportion.apps.rounds.queries import find_round, resource_units
from apportion.core.evidence.calibration import office_record, team_records
from apportion.core.evidence.conclude import Look
from apportion.core.evidence.estimate import Verdict
from apportion.core.units import DisplayUnit, NotAQuantity, format_quantity, parse_quantity

experiments = typer.Typer(help="Experiments: claims, pilots, verdicts.", no_args_is_help=True)
AS = typer.Option(..., "--as", help="Who does it.")
BOARD = typer.Option(..., "--as", help="A board member who does not work on the project.")
AS_JSON = typer.Option(False, "--json", help="As JSON.")
RESOURCE = typer.Option("gpu:h100", help="The resource.")
DONE, REFUSED = 0, 1


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    app.add_typer(experiments, name="experiment")


@experiments.command("list")
@listing("experiment", "project", "stage", "metric", "request", "power")
def list_all(project: str = typer.Option("", help="Only of this project.")) -> list[Row]:
    """List experiments with where each stands."""
    return [
        {
            "experiment": row.slug,
            "project": row.project.slug,
            "stage": row.stage,
            "metric": row.metric,
            "request": row.request.ref if row.request else None,
            "power": None if row.power is None else round(row.power, 3),
        }
        for row in list_experiments(project)
    ]


@experiments.command("show")
@listing("number", "verb", "after", "by", "at", "seq", "facts")
def show(slug: str) -> list[Row]:
    """Show an experiment's steps; each stands sealed in the journal at its seq."""
    return [
        {**step, "facts": json.dumps(step["facts"], sort_keys=True)}
        for step in steps_of(find_experiment(slug))
    ]


@experiments.command("register")
def fix(
    ctx: typer.Context,
    slug: str,
    claim: Path = typer.Option(..., "--claim", help="claim.toml with [claim] and [registered]."),
    project: str = typer.Option(..., help="The project's slug."),
    title: str = typer.Option(..., help="A few words."),
    by: str = AS,
) -> None:
    """Fix claim, metric, smallest effect and seeds before any run; their hash is sealed."""
    data = read_whole(claim)
    parse_claim(data, str(claim), in_office=True)  # its faults name the file
    row = register_experiment(
        slug=slug,
        title=title,
        project=find_project(project),
        claim_toml=data.decode("utf-8-sig"),
        by=find_person(by),
        now=ctx.obj.now(),
    )
    typer.echo(f"{row.slug}: registered, claim sha256 {row.sha256}")


@experiments.command("pilot")
def pilot(
    ctx: typer.Context,
    slugs: list[str] = typer.Argument(help="Experiments that share the pilot."),
    round_slug: str = typer.Option(..., "--round", help="Whose reserve pays."),
    amount: str = typer.Option("", help="In display units; without it the project pays itself."),
    resource: str = RESOURCE,
    by: str = BOARD,
) -> None:
    """Approve a pilot at once; credits come out of the round's reserve, up to a fiftieth of its pool."""
    rows = [find_experiment(slug) for slug in dict.fromkeys(slugs)]
    amounts = {resource: _quantity("--amount", amount, resource)} if amount else {}
    pay_for_pilot(
        experiments=rows,
        row=find_round(round_slug),
        amounts=amounts,
        by=find_person(by),
        now=ctx.obj.now(),
    )
    paid = f"{amount} of {resource} paid" if amount else "on the project's own credits"
    typer.echo(f"{', '.join(row.slug for row in rows)}: pilot approved, {paid}")


@experiments.command("report")
def report(
    ctx: typer.Context,
    slug: str,
    runs: Path = typer.Option(..., "--runs", help="job, arm, seed, value: one run a row."),
    by: str = AS,
) -> None:
    """Report runs; what each cost is taken from the meter by its job. Repeating it changes nothing."""
    row = find_experiment(slug)
    given = parse_pilot(read_whole(runs), str(runs), claim=question_of(row).claim, resources={})
    metered, costs = meter_runs(row, given)
    fresh = record_runs(
        row=row, runs=metered, microcredits=costs, by=find_person(by), now=ctx.obj.now()
    )
    typer.echo(f"{row.slug}: {fresh} new runs")


@experiments.command("estimate")
def estimate(ctx: typer.Context, slug: str, by: str = AS, *, as_json: bool = AS_JSON) -> int:
    """Estimate from the pilot what settles the claim; 1 where the pilot cannot carry a number."""
    row = find_experiment(slug)
    kept, found = keep_estimate(row=row, by=find_person(by), now=ctx.obj.now())
    claim = question_of(row).claim
    if as_json:
        typer.echo(json.dumps({**estimate_facts(found, claim), "per_run": kept.per_run}))
    else:
        typer.echo(estimate_text(found, claim, width=min(120, shutil.get_terminal_size().columns)))
    return DONE if found.verdict in {Verdict.SUFFICIENT, Verdict.UNDERPOWERED} else REFUSED


@experiments.command("ask")
def ask(
    ctx: typer.Context,
    slug: str,
    round_slug: str = typer.Option(..., "--round", help="The round."),
    runs: int | None = typer.Option(None, min=2, help="Runs of each arm, where fewer are asked."),
    by: str = AS,
) -> None:
    """File what settles the claim as a request, with the runs' metered use as its minimum."""
    request = ask_for(
        row=find_experiment(slug),
        round_row=find_round(round_slug),
        by=find_person(by),
        now=ctx.obj.now(),
        runs=runs,
    )
    typer.echo(f"{request.ref}: {request.get_state_display().lower()}")


@experiments.command("look")
def look(ctx: typer.Context, slug: str, by: str = AS, *, as_json: bool = AS_JSON) -> None:
    """Judge the runs so far; the next tranche is released, or what is held goes back at once."""
    row = find_experiment(slug)
    seen = look_at(row=row, by=find_person(by), now=ctx.obj.now())
    if as_json:
        typer.echo(json.dumps(_look_facts(seen)))
    else:
        unit = question_of(row).claim.unit
        typer.echo(
            f"{row.slug}, look {seen.look + 1}: {seen.ending.value}. {seen.runs} runs of each arm, "
            f"difference {seen.difference:.4g} {unit} ({seen.low:.4g} to {seen.high:.4g}), "
            f"z {seen.z:.3f} against {seen.boundary:.3f}."
        )


@experiments.command("looks")
@listing("look", "runs", "difference", "low", "high", "z", "boundary", "ending", "looked_at")
def looks(slug: str) -> list[Row]:
    """List what each look saw."""
    return [
        {
            "look": one.number,
            "runs": one.runs,
            "difference": f"{one.difference:.6g}",
            "low": f"{one.low:.6g}",
            "high": f"{one.high:.6g}",
            "z": f"{one.z:.4f}",
            "boundary": f"{one.boundary:.4f}",
            "ending": one.ending,
            "looked_at": one.looked_at,
        }
        for one in looks_of(find_experiment(slug))
    ]


@experiments.command("tranches")
@listing("number", "resource", "amount", "runs", "state", "changed_at")
def tranches(slug: str) -> list[Row]:
    """List the parts of an award: held, released or returned, in display units."""
    units = resource_units()
    return [
        {
            "number": one.number,
            "resource": one.resource.code,
            "amount": format_quantity(one.amount, units[one.resource.code]),
            "runs": one.runs,
            "state": one.state,
            "changed_at": one.changed_at,
        }
        for one in tranches_of(find_experiment(slug))
    ]


@experiments.command("extend")
def extend(
    ctx: typer.Context,
    slug: str,
    runs: int | None = typer.Option(None, min=2, help="Runs of each arm, where fewer will do."),
    by: str = BOARD,
) -> None:
    """Re-estimate from all runs and enlarge the last tranche: once, at most one and a half times."""
    row = find_experiment(slug)
    before, after = extend_award(row=row, by=find_person(by), now=ctx.obj.now(), runs=runs)
    typer.echo(f"{row.slug}: {after} runs of each arm instead of {before}")


@requests.command("offer")
def offer(
    ctx: typer.Context,
    ref: str,
    amount: str = typer.Option(..., help="Below the minimum, in display units."),
    why: str = typer.Option(..., help="The reason; it is kept."),
    resource: str = RESOURCE,
    by: str = BOARD,
) -> None:
    """Offer less than the minimum; prints what it can still show. The applicant has to agree."""
    row = offer_less(
        request=find_request(ref),
        resource=resource,
        amount=_quantity("--amount", amount, resource),
        why=why,
        by=find_person(by),
        now=ctx.obj.now(),
    )
    typer.echo(f"{ref}: {amount} of {resource} offered. {row.still_shows}")


@requests.command("consent")
def consent(
    ctx: typer.Context,
    ref: str,
    declines: bool = typer.Option(False, "--decline", help="Keep the minimum as it was filed."),
    by: str = AS,
) -> None:
    """Agree to less than the minimum, or decline; either is sealed."""
    row = open_offer(find_request(ref))
    row = answer_offer(row=row, agrees=not declines, by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{ref}: {row.get_answer_display().lower()}. {row.still_shows}")


@evidence.command("calibration")
@listing("project", "awarded", "ended", "conclusive", "spent_of_estimated", "found_of_claimed")
def calibration() -> list[Row]:
    """List how estimates turned out: by project, then of all awards called sufficient at 80 %."""
    known = outcomes()
    office = office_record(known)
    typer.echo(
        f"Of {office.sufficient} awards called sufficient at 80 %, {office.ended} ended, "
        f"{office.conclusive} of them conclusive; of {office.real} that saw the declared effect, "
        f"{office.real_conclusive} did.",
        err=True,
    )
    return [
        {
            "project": team.project,
            "awarded": team.awarded,
            "ended": team.ended,
            "conclusive": team.conclusive,
            "spent_of_estimated": _ratio(team.spent_of_estimated),
            "found_of_claimed": _ratio(team.found_of_claimed),
        }
        for team in team_records(known)
    ]


def _look_facts(seen: Look) -> dict[str, object]:
    return {
        "look": seen.look + 1,
        "runs": seen.runs,
        "difference": seen.difference,
        "low": seen.low,
        "high": seen.high,
        "z": seen.z,
        "boundary": seen.boundary,
        "ending": seen.ending.value,
    }


def _ratio(value: float | None) -> str | None:
    return None if value is None else f"{value:.2f}"


def _quantity(flag: str, text: str, resource: str) -> int:
    try:
        return parse_quantity(text, resource_units().get(resource, DisplayUnit.HOUR))
    except NotAQuantity as error:
        raise typer.BadParameter(f"{flag} {text!r}: {error}") from None
