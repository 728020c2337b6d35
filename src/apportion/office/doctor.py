"""What is missing on this machine, and whether the books are sound."""

import json
import shutil
import sys
from pathlib import Path

import typer
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from apportion import __version__
from apportion.apps.ledger.audit import audit_books
from apportion.core.faults import BadInput

PROGRAMS = {
    "chromium": "browser tests",
    "sacct": "metering from Slurm",
    "sacctmgr": "limits on Slurm",
}


def examine(*, as_json: bool) -> int:
    """Prints one line a check; gives 1 where something that the office needs is wrong."""
    findings = [_version(), _data(), _database(), *_programs()]
    if as_json:
        typer.echo(
            json.dumps([dict(zip(("check", "ok", "note"), f, strict=True)) for f in findings])
        )
    else:
        for name, good, note in findings:
            mark = {True: "ok", False: "WRONG", None: "-"}[good]
            typer.echo(f"{mark:>5}  {name:<10} {note}")
    return 1 if any(good is False for _, good, _ in findings) else 0


Finding = tuple[str, bool | None, str]


def _version() -> Finding:
    python = ".".join(str(part) for part in sys.version_info[:3])
    return "apportion", True, f"{__version__} on Python {python}"


def _data() -> Finding:
    folder = Path(settings.SITE.data)
    if not folder.is_dir():
        return "data", False, f"{folder} is not there: run apportion init"
    free = shutil.disk_usage(folder).free // 2**20
    return "data", free > 200, f"{folder}, {free} MiB free"


def _database() -> Finding:
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if pending:
            return "database", False, f"{len(pending)} migrations to run: apportion init"
        audit = audit_books()
    except DatabaseError as error:
        return "database", False, f"{error}".strip() + ": run apportion init"
    except BadInput as error:
        return "books", False, str(error)
    if audit.differences:
        count = len(audit.differences) + audit.more
        first = f"{audit.differences[0]} ({count} in all: apportion ledger audit)"
        return "books", False, first
    note = f"{connection.vendor}, {audit.transfers} transfers sum to zero, root {audit.root.hex()[:16]}"
    return "books", True, note


def _programs() -> list[Finding]:
    return [
        (name, True, found)
        if (found := shutil.which(name))
        else (name, None, f"not here; for {why}")
        for name, why in PROGRAMS.items()
    ]
