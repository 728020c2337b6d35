"""`apportion claim check`: a statement about shares, tested on a record; no office is needed."""

import json
from pathlib import Path
from typing import Any

import typer

from apportion.adapters.files.client import read_whole, write_whole
from apportion.adapters.files.parse_statement import parse_statement
from apportion.apps.decide.on_files import read_trust
from apportion.apps.report.claims import answer_on, own_record, read_record, write_claim

claims = typer.Typer(help="Statements about shares, tested.", no_args_is_help=True)

CLAIM = typer.Option(..., "--claim", help="The claim.toml.")
RECORD = typer.Option(None, "--record", help="A record.json; without it, this office's own.")
OUT = typer.Option(None, "--out", help="Where the answer goes, with all that checks it.")
KEY = typer.Option("", "--key", help="The office's published key, which must have signed.")
AS_JSON = typer.Option(False, "--json", help="The claim and its answer as JSON.")
ANSWERED, NOBODY_KNOWS = 0, 1


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    app.add_typer(claims, name="claim")


@claims.command("check")
def check(
    ctx: typer.Context,
    claim_file: Path = CLAIM,
    record_file: Path | None = RECORD,
    out: Path | None = OUT,
    key: str = KEY,
    *,
    as_json: bool = AS_JSON,
) -> int:
    """Say whether a statement about shares is true; exit 1 where nobody can tell."""
    claim = parse_statement(read_whole(claim_file), str(claim_file))
    if record_file is None:
        record = own_record(now=ctx.obj.now())
    else:
        trust = read_trust(key=key, file=None)
        record = read_record(read_whole(record_file), str(record_file), trust=trust)
    document = answer_on(claim, record)
    if out is not None:
        write_whole(out, write_claim(document))
    if as_json:
        told = {name: document[name] for name in ("schema", "claim", "answer")}
        typer.echo(json.dumps(told, indent=1, ensure_ascii=False))
    else:
        for line in _lines(document):
            typer.echo(line)
    if out is not None:
        typer.echo(f"{out} is written; anybody can check it: apportion verify {out}", err=True)
    return ANSWERED if document["answer"]["holds"] is not None else NOBODY_KNOWS


def _lines(document: dict[str, Any]) -> list[str]:
    claim, answer = document["claim"], document["answer"]
    lines = [f"Claim: {claim['statement']}", answer["sentence"]]
    lines.append(f"  counted here: {_areas(claim['counts'])}")
    for one, told in zip(claim["alternatives"], answer["alternatives"], strict=True):
        lines.append(f"  {one['name']}: {_told(told)} ({_areas(one)})")
    lines += [f"  {one['period']}: {_told(one)}" for one in answer["trend"]]
    lines += [f"  incomplete: {line}" for line in answer["missing"]]
    journal = document["record"]["journal"]
    proof = f"root {journal['root'][:16]}, {journal['size']} sealed records"
    signed = "signed" if document["record"].get("signature") else "not signed"
    return [*lines, f"  proof: {proof}, {signed}"]


def _areas(definition: dict[str, Any]) -> str:
    left_out = definition["left_out"]
    rest = f", left out {', '.join(left_out)}" if left_out else ""
    return f"{', '.join(definition['areas'])}{rest}"


def _told(part: dict[str, Any]) -> str:
    if part["share"] is None:
        return "nobody can say"
    low, high, share = (_percent(part[name]) for name in ("low", "high", "share"))
    return share if low == high else f"{share} (between {low} and {high})"


def _percent(fraction: str) -> str:
    above, _, below = fraction.partition("/")
    return f"{int(above) / int(below or 1):.1%}"
