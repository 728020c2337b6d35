"""Verbs of the office as a whole: set it up, open it, look after it, test it."""

import random
import secrets
import socket
import sys
import time
import webbrowser
from pathlib import Path

import typer
from django.conf import settings
from django.core.management import call_command

from apportion.apps.ledger.keys import create_key
from apportion.office import doctor as doctor_module
from apportion.office import testing
from apportion.office.beat import conducting
from apportion.office.conductor import advance
from apportion.office.desk import Desk
from apportion.office.kernels import compile_beside

DATA = typer.Option(None, "--data", help="Folder of the embedded database.")
DEMO_SEED = 2026


def register(app: typer.Typer) -> None:
    """Adds the office's own verbs."""
    app.command("demo")(demo)
    app.command("init")(init)
    app.command("serve")(serve)
    app.command("tick")(tick)
    app.command("doctor")(doctor)
    app.command("openapi")(openapi)
    testing.register(app)


def openapi() -> None:
    """Print the description of the API, as OpenAPI 3.1."""
    from apportion.office.api.describe import write_description

    typer.echo(write_description(), nl=False)


def demo(
    ctx: typer.Context,
    serving: bool = typer.Option(True, "--serve/--no-serve", help="Open the office afterwards."),
    data: Path | None = DATA,
    port: int = typer.Option(8000, help="Port; the next free one is taken where it is busy."),
) -> None:
    """Open an office with sample people: the Northfield AI Lab, made up with a fixed seed."""
    from apportion.office.demo.seed import is_seeded, seed_lab

    started = time.monotonic()
    desk: Desk = ctx.obj
    _prepare(data)
    if is_seeded():
        _say("The sample lab is there already.")
    else:
        _say("Making the Northfield AI Lab ...")
        told = seed_lab(now=desk.now(), rng=random.Random(DEMO_SEED))  # noqa: S311  sample data
        _say(f"{told} ({time.monotonic() - started:.1f} s)")
    if serving:
        _open(port, browse=sys.stdout.isatty())


def init(data: Path | None = DATA) -> None:
    """Make an empty office, or bring one up to date; nothing in it is lost."""
    _prepare(data)
    typer.echo(f"The office is ready in {settings.SITE.data}.")
    typer.echo("Add yourself: apportion people add NAME --role operator --role board")


def serve(
    data: Path | None = DATA,
    port: int = typer.Option(8000, help="Port; the next free one is taken where it is busy."),
    host: str = typer.Option("127.0.0.1", help="Address to listen on."),
    workers: int = typer.Option(1, min=1, help="Processes."),
) -> None:
    """Open the office on a port."""
    _prepare(data)
    _open(port, host=host, workers=workers)


def tick(ctx: typer.Context) -> None:
    """Do what time has brought about: lapsed holds, ended directives, payback; harmless to repeat."""
    for line in advance(now=ctx.obj.now()) or ["Nothing was due."]:
        typer.echo(line)


def doctor(as_json: bool = typer.Option(False, "--json", help="As JSON.")) -> int:
    """Look at the machine, the database and the books, and say what is missing."""
    return doctor_module.examine(as_json=as_json)


def _prepare(data: Path | None) -> None:  # the folder itself was chosen before settings loaded
    folder = data or settings.SITE.data
    folder.mkdir(parents=True, exist_ok=True)
    secret = folder / "secret"
    if not settings.SITE.secret_key and not secret.is_file():
        secret.touch(mode=0o600)
        secret.write_text(secrets.token_urlsafe(50))
    create_key(entropy=secrets.token_bytes)
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)


def _open(port: int, *, host: str = "127.0.0.1", workers: int = 1, browse: bool = False) -> None:
    from granian import Granian
    from granian.constants import Interfaces

    free = _free_port(host, port)
    url = f"http://{'localhost' if host == '127.0.0.1' else host}:{free}"
    _say(f"The office is open at {url} (Ctrl-C closes it).")
    if browse:
        webbrowser.open(url)
    compile_beside()
    with conducting():
        Granian(
            "apportion.office.wsgi:application",
            address=host,
            port=free,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=4,
            log_enabled=False,
        ).serve()


def _free_port(host: str, first: int) -> int:
    for port in range(first, first + 50):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise OSError(f"no free port from {first} to {first + 49}; choose one with --port")


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)
