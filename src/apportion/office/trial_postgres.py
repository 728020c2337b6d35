"""A PostgreSQL server for the length of one test run: made, started, stopped and removed."""

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from apportion.core.faults import WorldError

DEBIAN = Path("/usr/lib/postgresql")  # Debian and Ubuntu keep each version's programs apart
OWNER = "postgres"  # the server refuses to run as root, so root hands it to this account
FORGETFUL = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off"
ROOMY = "-c max_connections=60"


def find_postgres() -> Path | None:
    """Finds the folder of initdb and pg_ctl: the newest of Debian's, or what PATH has."""
    found = [path.parent for path in DEBIAN.glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda folder: int(re.sub(r"\D", "", folder.parent.name) or 0))
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


@contextlib.contextmanager
def start_postgres(*, folder: Path, options: str = FORGETFUL) -> Iterator[str]:
    """Gives the URL of a fresh server that listens on a socket in the folder alone.

    It forgets what it wrote where the machine fails, unless `options` say otherwise.

    Raises: WorldError where PostgreSQL is absent or does not start.
    """
    programs = find_postgres()
    if programs is None:
        raise WorldError("PostgreSQL is not installed", retryable=False)
    data, log = folder / "data", folder / "server.log"
    log.touch()
    if os.geteuid() == 0:
        shutil.chown(folder, OWNER)
        shutil.chown(log, OWNER)
    # The C locale is on every machine; trust is safe behind a socket in our own folder.
    local = ("--encoding=UTF8", "--locale=C", "--auth=trust", f"--username={OWNER}")
    as_owner((programs / "initdb", "-N", *local, "-D", data), folder)
    server = f"-c listen_addresses='' -c unix_socket_directories='{folder}' {ROOMY} {options}"
    pg_ctl = (programs / "pg_ctl", "-D", data, "-w", "-s")
    as_owner((*pg_ctl, "-l", log, "-o", server, "start"), folder)
    try:
        yield f"postgresql://{OWNER}@/{OWNER}?host={quote(str(folder), safe='')}"
    finally:
        as_owner((*pg_ctl, "-m", "immediate", "stop"), folder)


def as_owner(command: Sequence[str | Path], folder: Path) -> None:
    """Runs one of PostgreSQL's programs as an account that it accepts.

    Raises: WorldError with what the program said.
    """
    account = OWNER if os.geteuid() == 0 else None
    clean = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "HOME": str(folder)}
    said = folder.parent / f"{folder.name}.said"  # not a pipe: the server would hold it open
    with said.open("w+") as output:
        done = subprocess.run(
            command,
            cwd=folder,
            env=clean,
            user=account,
            group=account,
            extra_groups=[] if account else None,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
        output.seek(0)
        text = output.read()
    said.unlink()
    if done.returncode != 0:
        raise WorldError(f"{Path(command[0]).name}: {text.strip()}", retryable=False)
