"""`apportion ledger`: accounts, statements, and proof that the books are sound."""

import json

import typer

from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.ledger.queries import balances, check_books, prove_leaf

ledger = typer.Typer(help="Accounts and transfers.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    app.add_typer(ledger, name="ledger")


@ledger.command("accounts")
@listing("kind", "owner", "unit", "balance")
def accounts() -> list[Row]:
    """List accounts with their balances, in base units."""
    return [
        {"kind": key.kind.value, "owner": key.owner, "unit": key.unit, "balance": balance}
        for key, balance in sorted(balances().items())
    ]


@ledger.command("check")
def check(as_json: bool = typer.Option(False, "--json", help="As JSON.")) -> int:
    """Recompute the books from their transfers, and the journal from its leaves."""
    health = check_books()
    if as_json:
        facts = {
            "transfers": health.transfers,
            "leaves": health.leaves,
            "root": health.root.hex(),
            "sums": health.sums,
            "faults": list(health.faults),
        }
        typer.echo(json.dumps(facts, sort_keys=True))
    else:
        typer.echo(f"{health.transfers} transfers, {health.leaves} leaves")
        typer.echo(f"root {health.root.hex()}")
        typer.echo("\n".join(health.faults) or "Every unit sums to zero and nothing was changed.")
    return 1 if health.faults else 0


@ledger.command("prove")
def prove(index: int = typer.Argument(help="Leaf of the journal, from 0.")) -> int:
    """Print the proof that one leaf stands in the journal, for anyone to check offline."""
    try:
        leaf, path, size, root = prove_leaf(index)
    except IndexError as error:
        typer.echo(f"apportion: no such {error}", err=True)
        return 3
    proof = {
        "schema": "apportion.inclusion/1",
        "index": index,
        "leaf": leaf.hex(),
        "path": [node.hex() for node in path],
        "root": root.hex(),
        "size": size,
    }
    typer.echo(json.dumps(proof, sort_keys=True))
    return 0
