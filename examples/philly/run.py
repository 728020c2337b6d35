"""A whole round on the Philly trace: decide on files, decide in an office, meter November.

Run it from the checkout: .venv/bin/python examples/philly/run.py --data FOLDER
"""

import argparse
import contextlib
import io
import os
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT / "src")]
# This script opens an office of its own, as the launcher does.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "apportion.office.settings")  # noqa: TID251  as above
SHARED = Path(os.environ.get("APPORTION_SHARED", ROOT.parent / "shared"))  # noqa: TID251  as above

import lab  # noqa: E402  the path comes first

from apportion.office.cli import run  # noqa: E402  the same

ROUND = "philly-2017-11"
FILED = lab.NOVEMBER.starts_at + timedelta(hours=6)
DECIDED = lab.NOVEMBER.starts_at + timedelta(hours=12)
METERED = lab.NOVEMBER.ends_at + timedelta(days=1)


def main() -> int:
    """Walks the round; stops at the first command that fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="an empty folder for the office")
    parser.add_argument("--traces", type=Path, default=SHARED / "data" / "traces")
    options = parser.parse_args()
    folder, traces = options.data.resolve(), options.traces.resolve()
    if folder.exists() and any(folder.iterdir()):
        parser.error(f"{folder} is not empty; name a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["APPORTION_DATA"] = str(folder)  # noqa: TID251  as above
    os.environ.pop("APPORTION_DATABASE_URL", None)  # noqa: TID251  an office in the folder alone
    try:
        walk(folder, traces)
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def walk(folder: Path, traces: Path) -> None:
    """The steps of the round, in order."""
    jobs = str(traces / lab.JOBS)
    head("The whole trace, metered")
    verb("usage", "rate", "--format", "philly", jobs)

    head("What was used from August to October is what is asked for November")
    wishes = lab.read_wishes(traces)
    (folder / "round.toml").write_text(lab.write_round(wishes), encoding="utf-8")
    (folder / "requests.csv").write_text(lab.write_requests(wishes), encoding="utf-8")
    print((folder / "requests.csv").read_text(encoding="utf-8"), end="")

    head("Decided on files, and checked")
    round_file, decision = str(folder / "round.toml"), str(folder / "decision.json")
    requests = str(folder / "requests.csv")
    verb("decide", "--round", round_file, "--requests", requests, "--out", decision)
    verb("verify", decision)

    head("The same in an office: filed, scored, decided, granted")
    verb("init")
    open_office(folder, wishes)
    verb("grant", "list", "--round", ROUND)

    head("November, metered")
    set_clock(METERED)
    verb("usage", "import", "--format", "philly", "--round", ROUND, jobs)

    head("Standing: who was granted what, used what, ran dry when")
    verb("standing", ROUND, "--resource", "gpu")
    verb("usage", "list")
    verb("ledger", "audit")


def open_office(folder: Path, wishes: Sequence[lab.Wish]) -> None:
    """Makes the people, the round, the projects and the requests, and decides them."""
    for name, role in (("board", "board"), ("panel", "reviewer"), ("ops", "operator")):
        quietly("people", "add", name, "--role", role)
    dates = ("--close", "2017-11-02", "--decide", "2017-11-03")
    credit_dates = ("--start", "2017-11-01", "--end", "2017-12-01")
    set_clock(FILED)
    policy = ("--policy", str(folder / "round.toml"))
    verb("round", "open", ROUND, *policy, *dates, *credit_dates, "--as", "board")
    for number, wish in enumerate(wishes, start=1):
        file_wish(wish, f"{ROUND}-{number}")
    print(f"{len(wishes)} requests filed, each with one opinion of {lab.SCORE} points")
    set_clock(DECIDED)
    decide_round()
    verb("grant", "round", ROUND, "--as", "board")


def file_wish(wish: lab.Wish, ref: str) -> None:
    """Files one cluster's request as its lead, and scores it."""
    lead, title = f"lead-{wish.cluster}", f"Virtual cluster {wish.cluster}"
    quietly("people", "add", lead, "--role", "researcher")
    project = ("--title", title, "--area", wish.area, "--lead", lead)
    quietly("project", "start", wish.cluster, *project)
    amounts = ("--min", hours(wish.minimum), "--ask", hours(wish.ask), "--resource", "gpu")
    words = ("--title", title, "--question", "What it ran from August to October, once more.")
    whose = ("--round", ROUND, "--project", wish.cluster, "--as", lead)
    quietly("request", "create", *whose, *words, *amounts)
    quietly("review", "score", ref, "--score", str(lab.SCORE), "--as", "panel")


def decide_round() -> None:
    """Has the board propose a slate and adopt it."""
    from apportion.apps.decide.actions import adopt_slate, propose_slate
    from apportion.apps.people.queries import find_person
    from apportion.apps.rounds.queries import find_round

    board = find_person("board")
    slate = propose_slate(row=find_round(ROUND), by=board, now=DECIDED)
    adopt_slate(slate=slate, by=board, now=DECIDED)
    print(f"slate {slate.number} adopted: {slate.sha256[:16]}")


def set_clock(instant: datetime) -> None:
    """Puts the office back into 2017."""
    from django.conf import settings

    settings.APPORTION_CLOCK = clock_at(instant)


def clock_at(instant: datetime) -> Callable[[], datetime]:
    """Makes a clock that stands still."""
    return lambda: instant


def hours(seconds: int) -> str:
    """Writes seconds as the hours that commands take."""
    return f"{seconds // 3600}.5" if seconds % 3600 else str(seconds // 3600)


def head(title: str) -> None:
    """Prints the title of a step."""
    print(f"\n== {title}", flush=True)


def verb(*arguments: str) -> None:
    """Runs one command as the shell would, and shows it."""
    print(f"$ apportion {' '.join(arguments)}", flush=True)
    if code := run(arguments):
        raise SystemExit(code)


def quietly(*arguments: str) -> None:
    """Runs one of many alike commands; its output matters only where it fails."""
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        code = run(arguments)
    if code:
        print(f"$ apportion {' '.join(arguments)}\n{told.getvalue()}", file=sys.stderr)
        raise SystemExit(code)


if __name__ == "__main__":
    sys.exit(main())
