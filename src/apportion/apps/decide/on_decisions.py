"""`apportion what-if`, `compare` and `fairness` on decision files: no office and no database."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import typer

from apportion import __version__
from apportion.adapters.files.client import read_whole, write_whole
from apportion.adapters.terminal.listing import listing
from apportion.adapters.terminal.render import Row
from apportion.apps.decide.comparing import (
    COMPARED,
    SHARED,
    TREATED,
    compared_rows,
    comparison_told,
    fairness_told,
    shared_rows,
    treated_rows,
    units_of,
)
from apportion.apps.decide.moving import PIN, SET, WHY, read_overrides
from apportion.core.decide.compare import compare
from apportion.core.decide.fairness import fairness_of
from apportion.core.decide.snapshot import canonical_bytes
from apportion.core.decide.what_if import what_if
from apportion.core.faults import BadInput, Fault
from apportion.core.verify import verify_document

FILE = typer.Argument(..., help="A decision.json.")
OTHER = typer.Argument(..., help="Another decision.json.")
OUT = typer.Option(None, "--out", help="Where the moved decision goes; without it nothing is kept.")


def register_decisions(app: typer.Typer) -> None:
    """Adds the verbs on decision files."""
    app.command("what-if")(what_if_file)
    app.command("compare")(compare_files)
    app.command("fairness")(fairness_file)
    app.command("shares")(shares_file)


@listing(*COMPARED)
def what_if_file(
    file: Path = FILE,
    why: str = WHY,
    pin: list[str] = PIN,
    settings: list[str] = SET,
    *,
    out: Path | None = OUT,
) -> list[Row]:
    """Move something by hand in a decided round: who gains, who loses, at what price."""
    before = read_decision(file)
    overrides = read_overrides(pin, settings, why, before)
    found = what_if(before, overrides, engine_version=__version__, with_odds=out is not None)
    units = units_of(before)
    _tell(comparison_told(found.comparison, units))
    if out is not None:
        write_whole(out, canonical_bytes(found.document))
    return compared_rows(found.comparison, units)


@listing(*COMPARED)
def compare_files(first: Path = FILE, second: Path = OTHER) -> list[Row]:
    """Compare two decisions: who gains, who loses, what it is worth, which promises break."""
    before, after = read_decision(first), read_decision(second)
    comparison = compare(before, after)
    units = {**units_of(after), **units_of(before)}
    _tell(comparison_told(comparison, units))
    return compared_rows(comparison, units)


@listing(*TREATED)
def fairness_file(file: Path = FILE) -> list[Row]:
    """Show how a decision treats the areas: approvals and cuts, and whether chance explains them."""
    report = fairness_of(read_decision(file))
    _tell(fairness_told(report))
    return treated_rows(report)


@listing(*SHARED)
def shares_file(file: Path = FILE) -> list[Row]:
    """Show what each area asked, was awarded and was promised of each resource."""
    document = read_decision(file)
    return shared_rows(fairness_of(document), units_of(document))


def read_decision(file: Path) -> dict[str, Any]:
    """Reads a decision that holds.

    Raises: BadInput where the file is none, or states what is not true.
    """
    data = read_whole(file)
    verdict = verify_document(data)
    if not verdict.holds:
        remedy = "Name a decision.json as `apportion decide` wrote it"
        raise BadInput([Fault(file=str(file), what=verdict.fault, remedy=remedy)])
    document: dict[str, Any] = json.loads(data)
    if "awards" not in document:
        remedy = "Name a decision.json as `apportion decide` wrote it"
        raise BadInput([Fault(file=str(file), what="is not a decision", remedy=remedy)])
    return document


def _tell(sentences: Iterable[str]) -> None:
    for sentence in sentences:
        typer.echo(sentence, err=True)
