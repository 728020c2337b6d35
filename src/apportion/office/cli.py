"""The command line: every app brings its verbs, and one table turns trouble into exit codes."""

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import django
import typer
from django.db import DatabaseError
from typer.exceptions import TyperException

from apportion import __version__
from apportion.core.faults import BadInput, WorldError
from apportion.core.refusals import Code, Refused

# The stages whose verbs the command line offers, in the order in which help lists them.
STAGES = (
    "people",
    "rounds",
    "apply",
    "review",
    "decide",
    "grant",
    "appeal",
    "change",
    "enforce",
    "tariffs",
    "meter",
    "queues",
    "directive",
    "publishing",
    "report",
    "formats",
    "inbox",
    "notice",
    "ledger",
)

# Verbs of the same apps that have a file of their own.
MORE_VERBS = (
    "people.account_commands",
    "apply.draft_commands",
    "grant.fastlane_commands",
    "meter.sync_commands",
    "meter.reconcile_commands",
    "meter.admission_commands",
    "review.panel_commands",
    "ledger.statement_commands",
    "ledger.loan_commands",
    "report.period_commands",
    "report.experiment_commands",
    "report.simulate_commands",
    "report.claim_commands",
    "report.record_commands",
    "report.alert_commands",
    "report.member_commands",
    "formats.takeover_commands",
)

DONE, REFUSED, USAGE, NOT_FOUND, NOT_ALLOWED, CONFLICT, NOT_ENOUGH = range(7)
UNAVAILABLE, INTERRUPTED = 69, 130

EXIT_CODES = {
    Code.NOT_ALLOWED: NOT_ALLOWED,
    Code.CONFLICT_OF_INTEREST: NOT_ALLOWED,
    Code.NOT_FOUND: NOT_FOUND,
    Code.STALE_PARENT: CONFLICT,
    Code.STALE_DRAFT: CONFLICT,
    Code.STALE_PREVIEW: CONFLICT,
    Code.OVERLAPPING: CONFLICT,
    Code.ALREADY_DONE: CONFLICT,
    Code.ID_REUSED: CONFLICT,
    Code.HOLD_RESOLVED: CONFLICT,
    Code.ALREADY_REVERSED: CONFLICT,
    Code.ACCOUNT_UNKNOWN: NOT_FOUND,
    Code.NOT_ENOUGH: NOT_ENOUGH,
}


def run(arguments: Sequence[str]) -> int:
    """Runs one command and gives its exit code; what went wrong is told on standard error."""
    _choose_data(arguments)
    django.setup()
    try:
        outcome = build(arguments)(
            args=list(arguments), prog_name="apportion", standalone_mode=False
        )
    except BrokenPipeError:  # the reader, `head` perhaps, had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except (typer.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except (Refused, BadInput, TyperException, WorldError, DatabaseError, OSError) as error:
        print(f"apportion: {_words(error)}", file=sys.stderr)
        return exit_code(error)
    return outcome if isinstance(outcome, int) else DONE


def exit_code(error: Exception) -> int:
    """Gives the code by which a shell can tell what went wrong."""
    if isinstance(error, Refused):
        return EXIT_CODES.get(error.refusals[0].code, REFUSED)
    return USAGE if isinstance(error, BadInput | TyperException) else UNAVAILABLE


def build(arguments: Sequence[str] = ()) -> Callable[..., object]:
    """Puts the command line together: the nouns that the arguments name, or else all of them.

    Reading the flags of every verb takes longer than most verbs take.
    """
    app = typer.Typer(
        name="apportion",
        help="The compute-credit office: apply, review, decide, grant, enforce, meter, report.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )

    @app.callback()
    def desk(
        ctx: typer.Context,
        version: bool = typer.Option(  # noqa: ARG001  its callback acts
            False, "--version", is_eager=True, callback=_tell_version, help="Tell the version."
        ),
        data: Path | None = typer.Option(None, "--data", help="Folder of the embedded database."),  # noqa: ARG001  read before settings load
    ) -> None:
        from apportion.office.desk import Desk

        ctx.obj = Desk()

    from apportion.office import commands

    commands.register(app)
    for verbs in (*(f"{stage}.commands" for stage in STAGES), *MORE_VERBS):
        name = f"apportion.apps.{verbs}"
        if find_spec(name):
            import_module(name).register(app)
    named = [noun for noun in app.registered_groups if noun.name in arguments]
    app.registered_groups = named or app.registered_groups
    return typer.main.get_command(app)


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"apportion {__version__}")
        raise typer.Exit


def _choose_data(arguments: Sequence[str]) -> None:
    """Settings load before commands are parsed, so the data folder is looked for here.

    The demo keeps its sample people in a folder of their own unless told otherwise.
    """
    chosen = None
    for place, argument in enumerate(arguments):
        if argument.startswith("--data="):
            chosen = argument.removeprefix("--data=")
        elif argument == "--data" and place + 1 < len(arguments):
            chosen = arguments[place + 1]
    if chosen:
        os.environ["APPORTION_DATA"] = str(Path(chosen).resolve())
    if arguments[:1] == ["demo"]:
        os.environ.setdefault("APPORTION_DEMO", "true")
        os.environ.setdefault("APPORTION_LAB_NAME", "Northfield AI Lab")
        home = Path.home() / ".local" / "state" / "apportion-demo"
        os.environ.setdefault("APPORTION_DATA", str(home))


def _words(error: Exception) -> str:
    if isinstance(error, TyperException):  # what typer finds wrong with the words of the call
        return str(getattr(error, "format_message", error.__str__)())
    if isinstance(error, DatabaseError):
        return f"{error}\nIs there an office here? `apportion init` makes one, `apportion doctor` looks."
    return str(error)
