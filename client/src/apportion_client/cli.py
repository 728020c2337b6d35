"""`apportion` from afar: sign in to an office once, then every verb of it as if one were there."""

import json
import os
import sys
from collections.abc import Callable, Sequence

import click
from click.shell_completion import get_completion_class

from apportion_client.fields import Kind
from apportion_client.office import Office, connect
from apportion_client.problems import (
    DONE,
    INTERRUPTED,
    UNAVAILABLE,
    USAGE,
    OfficeError,
    Problem,
    Usage,
)
from apportion_client.profiles import (
    Profile,
    Profiles,
    choose_profile,
    clean_url,
    load_profiles,
    save_profiles,
)
from apportion_client.shapes import Layout, write_rows
from apportion_client.verbs import SHAPE_FLAGS, add_verbs

SHELLS = ("bash", "zsh", "fish")
OWN_VERBS = ("login", "logout", "whoami", "offices", "completion", "api")
BEYOND_SCOPE = "beyond-scope"


def main() -> None:
    """Runs the command line."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Runs one command and gives its exit code; what went wrong is told on standard error."""
    try:
        build()(args=list(arguments), prog_name="apportion", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, `head` perhaps, had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (click.exceptions.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except (click.ClickException, OfficeError, OSError) as error:
        return _tell_trouble(error)
    return DONE


def _tell_trouble(error: Exception) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return USAGE
    if isinstance(error, click.ClickException):
        click.echo(f"apportion: {error.format_message()}", err=True)
        return USAGE
    click.echo(f"apportion: {error}", err=True)
    return error.exit_code if isinstance(error, OfficeError) else UNAVAILABLE


def build() -> click.Group:
    """Puts the whole command line together."""
    chosen: list[str] = []

    @click.group("apportion", help="The compute-credit office, from afar.")
    @click.version_option(package_name="apportion-client", message="%(version)s")
    @click.option("--server", default="", help="Name or address of the office, for this call.")
    def root(server: str) -> None:
        chosen[:] = [server]

    def office() -> Office:
        return connect(chosen[0] if chosen else "")

    for own in (login, logout, offices, completion):
        root.add_command(own)
    root.add_command(_whoami(office))
    root.add_command(_api(office))
    add_verbs(root, office)
    return root


@click.command()
@click.argument("url")
@click.option("--name", default="", help="Calls the office so; its host where left out.")
@click.option("--with-token", is_flag=True, help="Reads the token from standard input.")
def login(url: str, name: str, with_token: bool) -> None:
    """Sign in to an office with a personal access token, which is asked for."""
    address = clean_url(url)
    if with_token:
        token = sys.stdin.readline().strip()
    else:
        click.echo(f"Make a token on your page at {address}, then paste it here.", err=True)
        token = click.prompt("Token", hide_input=True, err=True).strip()
    if not token or not token.isascii() or not token.isprintable():
        raise Usage("that is no token; one reads apn_...")
    with Office(address, token) as office:
        person = _ask_who(office)
    known = load_profiles().known
    title = name or address.partition("://")[2]
    held = Profile(url=address, token=token, person=person)
    save_profiles(Profiles(current=title, known={**known, title: held}))
    click.echo(f"Signed in to {title}" + (f" as {person}" if person else ""))


@click.command()
@click.argument("name", default="")
def logout(name: str) -> None:
    """Forget the token of an office; the office keeps it until it ends or is revoked."""
    profiles = load_profiles()
    title = name or profiles.current
    if title not in profiles.known:
        raise Usage(f"not signed in to {title!r}" if title else "not signed in anywhere")
    rest = {one: held for one, held in profiles.known.items() if one != title}
    current = profiles.current if profiles.current in rest else next(iter(sorted(rest)), "")
    save_profiles(Profiles(current=current, known=rest))
    click.echo(f"Signed out of {title}" + (f"; {current} is in use" if current else ""))


@click.command("offices", params=list(SHAPE_FLAGS))
def offices(as_json: bool, as_csv: bool, parsable: bool, noheader: bool, columns: str) -> None:
    """List the offices that one is signed in to."""
    profiles = load_profiles()
    rows = [
        {"name": name, "url": held.url, "person": held.person, "in_use": name == profiles.current}
        for name, held in sorted(profiles.known.items())
    ]
    shape = "json" if as_json else "csv" if as_csv else "parsable" if parsable else "table"
    chosen = tuple(one.strip() for one in columns.split(",") if one.strip())
    layout = Layout(shape=shape, header=not noheader, columns=chosen)
    write_rows(rows, ("name", "url", "person", "in_use"), layout, sys.stdout)


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print what makes a shell complete the verbs: eval "$(apportion completion bash)"."""
    kind = get_completion_class(shell)
    if kind is None:
        raise Usage(f"no completion for {shell}")
    click.echo(kind(build(), {}, "apportion", "_APPORTION_COMPLETE").source())


def is_for_the_client(arguments: Sequence[str], *, has_office: bool) -> bool:
    """Says whether a call that was typed where the office is installed is meant for one afar.

    It is, where it says so, and where there is no office here and one is signed in elsewhere.
    """
    from apportion_client.verbs import table_of_verbs

    first = next((one for one in arguments if not one.startswith("-")), "")
    if arguments[:1] and arguments[0].startswith("--server"):
        return True
    if first in OWN_VERBS or "_APPORTION_COMPLETE" in os.environ:
        return True
    held = table_of_verbs()
    stays = any(tuple(arguments[: len(v.split())]) == tuple(v.split()) for v in held["local"])
    if stays or first not in {verb.split()[0] for verb in held["verbs"]}:
        return False
    if os.environ.get("APPORTION_SERVER"):
        return True
    return not has_office and choose_profile() is not None


def _whoami(office: Callable[[], Office]) -> click.Command:
    def run() -> None:
        with office() as held:
            person = held.call("GET", "/me")
            scopes = person["scopes"]
            click.echo(f"{person['username']} ({person['name']}) at {held.url}")
            click.echo(f"roles: {', '.join(person['roles']) or 'none'}")
            click.echo(f"scopes: {', '.join(scopes) if scopes else 'all of the session'}")

    return click.Command("whoami", callback=run, help="Say as whom one is signed in, and where.")


def _api(office: Callable[[], Office]) -> click.Command:
    """Makes the verb for calls that no other verb makes."""

    def run(method: str, path: str, data: object) -> None:
        with office() as held:
            answer = held.call(method.upper(), path, body=data)
            text = answer if isinstance(answer, str) else json.dumps(answer, indent=1)
            click.echo(text)

    methods = click.Choice(["get", "post", "put", "patch", "delete"])
    return click.Command(
        "api",
        params=[
            click.Argument(["method"], type=methods),
            click.Argument(["path"]),
            click.Option(["--data"], type=Kind("json", ()), help="The body: JSON, or @file.json."),
        ],
        callback=run,
        help="Make any call of the API: apportion api get /rounds",
    )


def _ask_who(office: Office) -> str:
    """Asks whom a token belongs to; one whose scopes do not reach that far is taken as it is."""
    try:
        return str(office.call("GET", "/me")["username"])
    except Problem as problem:
        if problem.kind == BEYOND_SCOPE:
            return ""
        raise
