"""The one door: names Django's settings, then hands over to the command line."""

import os
import sys


def main() -> None:
    """Runs the command line; settings come first because parts of it import Django's API."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "apportion.office.settings")
    from apportion.office.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
