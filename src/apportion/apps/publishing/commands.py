"""`apportion publishing`: whether the public record may tell one's own decisions."""

import typer

from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.people.queries import find_person
from apportion.apps.publishing.actions import say_consent
from apportion.apps.publishing.queries import COLUMNS, said_by

consents = typer.Typer(help="Whether your decisions may be told in public.", no_args_is_help=True)

AS = typer.Option(..., "--as", help="Who wrote the request.")
REF = typer.Argument(help="The request.")


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    app.add_typer(consents, name="publishing")


@consents.command("list")
@listing(*COLUMNS)
def show_mine(by: str = AS) -> list[Row]:
    """List your decided requests and what you said of each."""
    return [{name: getattr(one, name) for name in COLUMNS} for one in said_by(find_person(by))]


@consents.command("give")
def give(ctx: typer.Context, ref: str = REF, by: str = AS) -> None:
    """Let the public record tell this decision."""
    say_consent(ref=ref, gives=True, by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{ref} may be told from the next record on.")


@consents.command("withdraw")
def withdraw(ctx: typer.Context, ref: str = REF, by: str = AS) -> None:
    """Take the consent back; records that are out stay out."""
    say_consent(ref=ref, gives=False, by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{ref} is not told from the next record on.")
