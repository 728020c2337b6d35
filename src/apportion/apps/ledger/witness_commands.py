"""`apportion ledger witness`: the office asks for cosignatures, a witness elsewhere gives them.

A witness needs no office: it keeps its key and the last checkpoint that it signed, two files.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import typer

from apportion.adapters.files.client import create_secret, read_secret, read_whole, write_whole
from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.ledger.checkpoints import add_cosignatures, cosigned_sizes, submission
from apportion.apps.ledger.keys import read_witnesses
from apportion.core.faults import BadInput, Fault
from apportion.core.journal.notes import (
    SEED_BYTES,
    cosign,
    make_key,
    parse_secret,
    parse_submission,
)
from apportion.core.refusals import Code, Refusal, Refused
from apportion.core.verify.facts import Untrue
from apportion.core.verify.notes import (
    WITNESS_KEY,
    Checkpoint,
    parse_checkpoint,
    parse_key,
    parse_note,
    parse_signature,
)

Part = TypeVar("Part")
witness = typer.Typer(help="Cosignatures by others than the office.", no_args_is_help=True)
KEY_FILE = typer.Option(..., "--key", help="File of the witness's secret.")
OUT = typer.Option(None, "--out", help="File to write instead of standard output.")


@witness.command("list")
@listing("name", "witness", "signed", "key")
def list_witnesses() -> list[Row]:
    """List the witnesses whom the office trusts, and the largest checkpoint that each signed."""
    signed = cosigned_sizes()
    return [
        {"name": name, "witness": key.name, "signed": signed.get(key.name, 0), "key": str(key)}
        for name, key in read_witnesses().witnesses.items()
    ]


@witness.command("request")
def request(
    old: int = typer.Option(0, "--old", min=0, help="Size that the witness signed last."),
    size: int | None = typer.Option(None, "--size", min=0, help="Which checkpoint; the newest."),
    out: Path | None = OUT,
) -> int:
    """As the office: print the checkpoint to be cosigned, with proof that it continues the old."""
    _give(str(submission(old_size=old, size=size)), out)
    return 0


@witness.command("add")
def add(file: Path = typer.Argument(help="What the witness wrote: its signature lines.")) -> int:
    """As the office: check and keep a witness's cosignature."""
    text = read_whole(file).decode(errors="replace")
    lines = [_read(partial(parse_signature, line), file) for line in text.splitlines()]
    for signed in add_cosignatures(lines):
        typer.echo(f"{signed.size} leaves: {', '.join(s.name for s in signed.note.signatures)}")
    return 0


@witness.command("keygen")
def keygen(
    ctx: typer.Context,
    name: str = typer.Argument(help="Under which it signs, like council.example."),
    key_file: Path = KEY_FILE,
) -> int:
    """As a witness: make a secret of one's own, and print the key for the office."""
    seed = ctx.obj.entropy(SEED_BYTES)
    key = _read(lambda: make_key(name=name, kind=WITNESS_KEY, seed=seed), Path("NAME"))
    if not create_secret(key_file, f"{key.write_secret()}\n"):
        remedy = "Name another file; a secret is never overwritten"
        raise BadInput([Fault(file=str(key_file), what="is there already", remedy=remedy)])
    typer.echo(str(key.key))
    return 0


@witness.command("cosign")
def cosign_checkpoint(
    ctx: typer.Context,
    request_file: Path = typer.Option(..., "--request", help="What the office printed."),
    previous: Path = typer.Option(..., "--previous", help="Checkpoint signed last; kept here."),
    log: str = typer.Option(..., "--log", help="The office's key, as it publishes it."),
    key_file: Path = KEY_FILE,
    out: Path | None = OUT,
) -> int:
    """As a witness: sign a checkpoint that continues the one signed last, and remember it."""
    asked = _read(lambda: parse_submission(read_whole(request_file).decode()), request_file)
    secret = _read(lambda: parse_secret(read_secret(key_file).strip()), key_file)
    office = _read(lambda: parse_key(log), Path("--log"))
    try:
        line = cosign(
            asked,
            log=office,
            last_seen=_last_seen(previous),
            key=secret,
            stamp=int(ctx.obj.now().timestamp()),
        )
    except Untrue as untrue:
        remedy = "Keep this file: it may show that the office told two stories."
        subject = f"{request_file}: {untrue}."
        raise Refused([Refusal(code=Code.NOT_SIGNED, subject=subject, remedy=remedy)]) from None
    # Remembered before anybody sees the signature, so that no crash lets it sign a smaller one.
    write_whole(previous, str(asked.note).encode())
    _give(str(line), out)
    return 0


def _last_seen(previous: Path) -> Checkpoint | None:
    """Reads the checkpoint signed last; none where the witness signs for the first time."""
    if not previous.exists():
        return None
    read = read_whole(previous)
    return _read(lambda: parse_checkpoint(parse_note(read.decode()).text), previous)


def _give(text: str, out: Path | None) -> None:
    if out is None:
        typer.echo(text, nl=False)
    else:
        write_whole(out, text.encode())


def _read(read: Callable[[], Part], file: Path) -> Part:
    """Reads a part of an input.

    Raises: BadInput in the place of what a reader of notes raises.
    """
    try:
        return read()
    except (Untrue, UnicodeDecodeError) as error:
        remedy = "Hand over the file as it was written"
        raise BadInput([Fault(file=str(file), what=str(error), remedy=remedy)]) from None
