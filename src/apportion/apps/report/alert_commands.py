"""`apportion alert` and `apportion forecast`: what runs dry, and who was told."""

import json

import typer

from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.apply.queries import find_project
from apportion.apps.ledger.queries import balances
from apportion.apps.people.queries import find_person
from apportion.apps.report.alert_actions import acknowledge_alert
from apportion.apps.report.alert_queries import find_alerts
from apportion.apps.report.outlook import Ahead, ahead_facts, look_ahead
from apportion.apps.rounds.queries import list_rounds, resource_units, spending_of
from apportion.core.ledger import Kind
from apportion.core.units import DisplayUnit, format_quantity

alert = typer.Typer(help="Alerts that a project's credits go.", no_args_is_help=True)
NOTHING_FOUND = 3


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    app.add_typer(alert, name="alert")
    app.command("forecast")(show_forecast)


@alert.command("list")
@listing("id", "project", "resource", "kind", "raised_at", "left", "acknowledged_by", "cleared_at")
def show(
    project: str = typer.Option("", help="Only this project."),
    every: bool = typer.Option(False, "--all", help="Also what was acknowledged or is over."),
) -> list[Row]:
    """List the alerts that stand, newest first."""
    rows = find_alerts()
    if project:
        rows = rows.filter(project=find_project(project))
    if not every:
        rows = rows.filter(cleared_at=None, acknowledged_at=None)
    units = resource_units()
    return [
        {
            "id": row.pk,
            "project": row.project.slug,
            "resource": row.resource,
            "kind": row.kind,
            "raised_at": row.raised_at,
            "left": format_quantity(row.left, units.get(row.resource, DisplayUnit.HOUR)),
            "acknowledged_by": row.acknowledged_by,
            "cleared_at": row.cleared_at,
        }
        for row in rows
    ]


@alert.command("acknowledge")
def acknowledge(
    ctx: typer.Context,
    number: int = typer.Argument(help="The alert's id."),
    by: str = typer.Option(..., "--as", help="Somebody who works on the project."),
) -> None:
    """Note that an alert was seen."""
    row = acknowledge_alert(pk=number, by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{row.project.slug}: {row.get_kind_display()}; seen by {row.acknowledged_by}.")


def show_forecast(
    ctx: typer.Context,
    project: str = typer.Argument(help="The project."),
    as_json: bool = typer.Option(False, "--json", help="As JSON."),
) -> int:
    """Foretell when a project runs dry, with an interval, and what would make it last."""
    row, now = find_project(project), ctx.obj.now()
    spending = spending_of(list_rounds(), now)
    held = balances(kind=Kind.PROJECT, owner=row.slug)
    if spending is None or not held:
        typer.echo("Nothing was granted, or no period is being spent now.", err=True)
        return NOTHING_FOUND
    units = resource_units()
    found: dict[str, Ahead] = {}
    for key, balance in sorted(held.items(), key=lambda one: one[0].unit):
        found[key.unit] = look_ahead(
            row.slug,
            resource=key.unit,
            unit=str(units.get(key.unit, DisplayUnit.HOUR)),
            balance=balance,
            ends_at=spending.credits_end_at,
            now=now,
        )
    if as_json:
        facts = {code: ahead_facts(ahead) for code, ahead in found.items()}
        typer.echo(json.dumps({"project": row.slug, "forecast": facts}, default=str, indent=1))
        return 0
    for code, ahead in found.items():
        for line in _tell(code, ahead):
            typer.echo(line)
    return 0


def _tell(code: str, ahead: Ahead) -> list[str]:
    told = ahead.forecast
    if not told.enough:
        return [f"{code}: {told.days_known} days of use are too few to foretell; 14 are needed."]
    if told.likely_on is None:
        lines = [f"{code}: likely to last; {told.dry_mille / 10:g}% of futures run dry."]
    else:
        late = told.late_on or "after the credits end"
        lines = [f"{code}: runs dry on {told.likely_on}, between {told.early_on} and {late} (80%)."]
    lines += [f"  {way.words}: +{way.days_gained} days" for way in ahead.told_ways]
    lines += [f"  wasted: {one.percent}% {one.words} ({one.jobs} jobs)" for one in ahead.lost]
    return lines
