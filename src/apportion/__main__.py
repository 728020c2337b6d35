"""The one door: names Django's settings, then hands over to the command line.

What is meant for an office afar goes to `apportion_client`, where it is installed: `apportion login`
and `--server`, and every verb where there is no office here and one is signed in elsewhere.
"""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

AFAR = {"login", "logout", "whoami", "offices", "completion", "api"}


def main() -> None:
    """Runs the command line; settings come first because parts of it import Django's API."""
    if _may_be_afar() and find_spec("apportion_client"):
        from apportion_client.cli import is_for_the_client
        from apportion_client.cli import run as run_afar

        if is_for_the_client(sys.argv[1:], has_office=_has_office()):
            sys.exit(run_afar(sys.argv[1:]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "apportion.office.settings")
    from apportion.office.cli import run

    sys.exit(run(sys.argv[1:]))


def _may_be_afar() -> bool:
    """Says whether it is worth loading the client to ask it; where an office is, it seldom is."""
    named = any(name in os.environ for name in ("APPORTION_SERVER", "_APPORTION_COMPLETE"))
    said = any(word in AFAR or word.startswith("--server") for word in sys.argv[1:])
    return named or said or not _has_office()


def _has_office() -> bool:
    """Says whether this machine has an office; settings are not loaded for it, as they make one."""
    if os.environ.get("APPORTION_DATABASE_URL") or any(w.startswith("--data") for w in sys.argv):
        return True
    home = Path.home() / ".local" / "state" / "apportion"
    return (Path(os.environ.get("APPORTION_DATA", home)) / "office.sqlite3").exists()


if __name__ == "__main__":
    main()
