"""`apportion ledger`: accounts, and proof that the books are what they were."""

import json
import sys
from pathlib import Path

import typer

from apportion.adapters.files.client import read_whole, write_whole
from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.ledger.audit import Audit, audit_books
from apportion.apps.ledger.checkpoints import list_checkpoints, make_checkpoint
from apportion.apps.ledger.keys import add_key, public_keys
from apportion.apps.ledger.proofs import prove_leaf
from apportion.apps.ledger.queries import balances
from apportion.apps.ledger.receipts import erase_words, find_leaf, give_receipt
from apportion.apps.ledger.role import role_statements
from apportion.apps.ledger.witness_commands import witness
from apportion.apps.people.queries import find_person
from apportion.core.verify import verify_document

ledger = typer.Typer(help="Accounts, transfers and the journal.", no_args_is_help=True)
ledger.add_typer(witness, name="witness")
WHICH = typer.Argument(
    help="A transfer's id or seq, or KIND:SUBJECT of a record, as decision:r-17."
)
OUT = typer.Option(None, "--out", help="File to write instead of standard output.")
AS_JSON = typer.Option(False, "--json", help="As JSON.")


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


@ledger.command("audit")
def audit(as_json: bool = AS_JSON) -> int:
    """Recompute every balance, leaf, tile, root and checkpoint; name the first row that differs."""
    told = audit_books(progress=_progress if sys.stderr.isatty() else None)
    if as_json:
        typer.echo(json.dumps(_as_json(told), sort_keys=True))
    else:
        typer.echo(
            f"{told.transfers} transfers, {told.leaves} leaves, {told.checkpoints} checkpoints"
        )
        typer.echo(f"root {told.root.hex()}")
        for difference in told.differences:
            typer.echo(f"differs: {difference}")
        if told.more:
            typer.echo(f"and {told.more} more")
        if not told.differences:
            typer.echo("Every unit sums to zero and nothing was changed.")
    return 1 if told.differences else 0


@ledger.command("prove")
def prove(index: int = typer.Argument(help="Leaf of the journal, from 0.")) -> int:
    """Print the bare proof that one leaf stands in the journal; a receipt says more."""
    try:
        proof = prove_leaf(index)
    except IndexError as error:
        typer.echo(f"apportion: no such {error}", err=True)
        return 3
    facts = {
        "schema": "apportion.inclusion/1",
        "index": index,
        "leaf": proof.leaf.hex(),
        "path": [node.hex() for node in proof.path],
        "root": proof.root.hex(),
        "size": proof.size,
    }
    typer.echo(json.dumps(facts, sort_keys=True))
    return 0


@ledger.command("receipt")
def receipt(
    ctx: typer.Context,
    which: str = WHICH,
    out: Path | None = OUT,
    record: Path | None = typer.Option(
        None, "--record", help="What was sealed as a record; the receipt then holds it whole."
    ),
) -> int:
    """Write what shows anybody, offline, that a transfer or record stands in the journal."""
    given = read_whole(record) if record else None
    text = give_receipt(seq=find_leaf(which), now=ctx.obj.now(), record=given)
    if out is None:
        typer.echo(text, nl=False)
        return 0
    write_whole(out, text.encode())
    for line in verify_document(text.encode()).checked:
        typer.echo(line)
    typer.echo(f"{out} is written; anybody can check it: apportion verify {out} --key KEY")
    return 0


@ledger.command("checkpoint")
def checkpoint(ctx: typer.Context, out: Path | None = OUT) -> int:
    """Sign the journal as it stands, and print the checkpoint with all its signatures."""
    _give(str(make_checkpoint(now=ctx.obj.now()).note), out)
    return 0


@ledger.command("checkpoints")
@listing("size", "made_at", "root", "signers")
def checkpoints() -> list[Row]:
    """List the signed checkpoints, the newest first, with who signed each."""
    return [
        {
            "size": signed.size,
            "made_at": signed.made_at,
            "root": signed.root.hex(),
            "signers": ", ".join(line.name for line in signed.note.signatures),
        }
        for signed in list_checkpoints()
    ]


@ledger.command("key")
def key(
    ctx: typer.Context,
    rotate: bool = typer.Option(False, "--rotate", help="Make a new key; the old one signs on."),
) -> int:
    """Print the keys that check what the office signs, the newest first; publish them."""
    if rotate:
        add_key(entropy=ctx.obj.entropy)
        make_checkpoint(now=ctx.obj.now())
    for each in public_keys():
        typer.echo(str(each))
    return 0


@ledger.command("erase")
def erase(
    ctx: typer.Context,
    which: str = WHICH,
    by: str = typer.Option(..., "--by", help="Who erases."),
    posting: bool = typer.Option(
        False, "--posting", help="Who posted it and why, for all transfers posted with it."
    ),
) -> int:
    """Erase the words of a transfer; every proof of it still holds."""
    seq = find_leaf(which)
    erase_words(seq=seq, posting=posting, by=find_person(by), now=ctx.obj.now())
    typer.echo(f"The {'posting' if posting else 'note'} of transfer {seq} has no words any more.")
    return 0


def _give(text: str, out: Path | None) -> None:
    if out is None:
        typer.echo(text, nl=False)
    else:
        write_whole(out, text.encode())


def _progress(done: int, of: int) -> None:
    end = "\n" if done >= of else ""
    typer.echo(f"\r{done} of {of} leaves{end}", nl=False, err=True)


def _as_json(told: Audit) -> dict[str, object]:
    return {
        "transfers": told.transfers,
        "leaves": told.leaves,
        "checkpoints": told.checkpoints,
        "root": told.root.hex(),
        "sums": told.sums,
        "differences": [
            {
                "table": each.table,
                "row": each.row,
                "field": each.field,
                "said": each.said,
                "recomputed": each.recomputed,
            }
            for each in told.differences
        ],
        "more": told.more,
    }


@ledger.command("role")
def role(
    name: str = typer.Argument("apportion_office", help="The PostgreSQL role the office runs as."),
) -> None:
    """Print the statements that make a database role which can add to the books and change nothing.

    The owner of the tables runs them: apportion ledger role | psql.
    """
    for statement in role_statements(name):
        typer.echo(f"{statement};")
