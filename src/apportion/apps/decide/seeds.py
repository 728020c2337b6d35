"""`apportion round commit-seed` and `reveal-seed`: a draw that nobody can steer."""

import hashlib

import typer

from apportion.apps.decide.actions import commit_seed, reveal_seed
from apportion.apps.people.queries import find_person
from apportion.apps.rounds.queries import find_round

BY = typer.Option(..., "--as", help="A board member.")
HASH = typer.Option("", "--hash", help="SHA-256 of the seed's text, 64 digits 0-9 a-f.")
SEED = typer.Option("", "--seed", help="The seed itself, hashed here and not kept.")


def register_seeds(app: typer.Typer) -> None:
    """Adds the two verbs to those of rounds."""
    rounds = next(g.typer_instance for g in app.registered_groups if g.name == "round")
    if rounds is not None:
        rounds.command("commit-seed")(commit)
        rounds.command("reveal-seed")(reveal)


def commit(
    ctx: typer.Context, round_slug: str, sha256: str = HASH, seed: str = SEED, by: str = BY
) -> None:
    """Publish the hash of the seed by which a round draws lots, before the first opinion."""
    if bool(sha256) is bool(seed):
        raise typer.BadParameter("give --hash, or --seed to have it hashed")
    sha256 = sha256 or hashlib.sha256(seed.encode()).hexdigest()
    row = find_round(round_slug)
    promised = commit_seed(row=row, sha256=sha256, by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{row.name}: the seed is promised by its hash, and that is in the journal:")
    typer.echo(f"  {promised.sha256}")


def reveal(ctx: typer.Context, round_slug: str, seed: str, by: str = BY) -> None:
    """Tell the seed whose hash was published: scores are closed and lots can be drawn."""
    row = find_round(round_slug)
    reveal_seed(row=row, seed=seed, by=find_person(by), now=ctx.obj.now())
    typer.echo(f"{row.name}: the seed is the one that was promised. Scores are closed.")
    typer.echo(f"Draw with: apportion slate propose {round_slug} --as {by}")
