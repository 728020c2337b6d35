"""`apportion project` and `apportion request`: what is worked on and what is asked."""

import typer

from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.apply.actions import (
    Wish,
    save_draft,
    start_project,
    submit_request,
    withdraw_request,
)
from apportion.apps.apply.evidence_on_files import evidence
from apportion.apps.apply.queries import (
    find_project,
    find_request,
    projects_by_slug,
    requests_of_round,
)
from apportion.apps.people.queries import find_person
from apportion.apps.rounds.queries import find_area, find_round, resource_units
from apportion.core.faults import BadInput, Fault
from apportion.core.units import NotAQuantity, format_quantity, parse_quantity

projects = typer.Typer(help="Projects.", no_args_is_help=True)
requests = typer.Typer(help="Requests.", no_args_is_help=True)
AS = typer.Option(..., "--as", help="Who does it.")


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    app.add_typer(projects, name="project")
    app.add_typer(requests, name="request")
    app.add_typer(evidence, name="evidence")


@projects.command("list")
@listing("slug", "title", "area", "lead")
def list_projects() -> list[Row]:
    """List projects."""
    return [
        {"slug": p.slug, "title": p.title, "area": p.area.slug, "lead": p.lead.username}
        for p in projects_by_slug().values()
    ]


@projects.command("start")
def start(
    ctx: typer.Context,
    slug: str,
    title: str = typer.Option(..., help="A few words."),
    area: str = typer.Option(..., help="Area of the research tree."),
    lead: str = typer.Option(..., help="Who leads it."),
) -> None:
    """Start a project; requests, grants and charges belong to it."""
    project = start_project(
        slug=slug,
        title=title,
        area=find_area(area),
        lead=find_person(lead),
        now=ctx.obj.now(),
    )
    typer.echo(f"{project.title} ({project.slug}) in {project.area}")


@requests.command("list")
@listing("ref", "project", "area", "title", "state", "resource", "minimum", "ask")
def list_requests(round_slug: str = typer.Option(..., "--round", help="The round.")) -> list[Row]:
    """List the requests of a round, a line for each resource asked."""
    units = resource_units()
    return [
        {
            "ref": row.ref,
            "project": row.project.slug,
            "area": row.project.area.slug,
            "title": row.title,
            "state": row.state,
            "resource": amount.resource.code,
            "minimum": format_quantity(amount.minimum, units[amount.resource.code]),
            "ask": format_quantity(amount.ask, units[amount.resource.code]),
        }
        for row in requests_of_round(find_round(round_slug))
        for amount in row.amounts.all()
    ]


@requests.command("create")
def create(  # noqa: PLR0913  a request is these things
    ctx: typer.Context,
    round_slug: str = typer.Option(..., "--round", help="The round."),
    project: str = typer.Option(..., help="The project's slug."),
    title: str = typer.Option(..., help="A few words."),
    question: str = typer.Option(..., help="What will you find out? At most 280 characters."),
    resource: str = typer.Option("gpu:h100", help="What is asked for."),
    minimum: str = typer.Option(..., "--min", help="Smallest useful amount, in hours."),
    ask: str = typer.Option(..., "--ask", help="The amount you would like, in hours."),
    if_minimum: str = typer.Option("", help="What do you drop if you only get the minimum?"),
    draft: bool = typer.Option(False, "--draft", help="Keep it as a draft."),
    by: str = AS,
) -> None:
    """File a request."""
    person, now = find_person(by), ctx.obj.now()
    amounts = {resource: (_amount("--min", minimum, resource), _amount("--ask", ask, resource))}
    row = save_draft(
        round_row=find_round(round_slug),
        project=find_project(project),
        wish=Wish(title=title, question=question, amounts=amounts, if_minimum=if_minimum),
        by=person,
        now=now,
    )
    if not draft:
        row = submit_request(row=row, by=person, now=now)
    typer.echo(f"{row.ref}: {row.get_state_display().lower()}")


@requests.command("submit")
def submit(ctx: typer.Context, ref: str, by: str = AS) -> None:
    """Submit a draft."""
    row = submit_request(row=find_request(ref), by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{row.ref}: submitted")


@requests.command("withdraw")
def withdraw(ctx: typer.Context, ref: str, by: str = AS) -> None:
    """Withdraw a request before it is decided."""
    row = withdraw_request(row=find_request(ref), by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{row.ref}: withdrawn")


def _amount(flag: str, text: str, resource: str) -> int:
    units = resource_units()
    if resource not in units:
        remedy = f"There are {', '.join(sorted(units)) or 'none yet'}"
        fault = Fault(file="--resource", what="unknown resource", value=resource, remedy=remedy)
        raise BadInput([fault])
    try:
        return parse_quantity(text, units[resource])
    except NotAQuantity as error:
        raise BadInput(
            [Fault(file=flag, what=error.what, value=text, remedy=error.remedy)]
        ) from None
