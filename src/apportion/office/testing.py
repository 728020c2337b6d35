"""`apportion test`: style, types, import rules and every test that this machine can run."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import typer

from apportion.office.trial_postgres import find_postgres, start_postgres

ROOT = Path(__file__).resolve().parents[3]
PYTEST = ("-m", "pytest", "--durations=5", "-rfEs")  # each failure, and why each skip
# One more than there are cores, as many tests wait for programs that they started; the tests of one
# file stay together, for what they start, and in our order: long ones first.
WORKERS = min(4, (os.cpu_count() or 1) + 1)
AT_ONCE = ("-n", str(WORKERS), "--dist", "loadfile", "--no-loadscope-reorder")
CHECKED = ("src", "client", "tests", "benchmarks", "examples")
NO_POSTGRES = (
    "no PostgreSQL here, so the database tests ran on SQLite alone: apt-get install postgresql"
)


def register(app: typer.Typer) -> None:
    """Adds the verb `test`."""
    context = {"allow_extra_args": True, "ignore_unknown_options": True}
    app.command("test", context_settings=context)(test)


def test(ctx: typer.Context) -> None:
    """Run style, types, import rules and all tests; arguments go to pytest and skip the rest."""
    if not (ROOT / "tests").is_dir():
        sys.exit("apportion: the tests are in the source checkout, not in the installed package")
    if ctx.args:
        sys.exit(run([sys.executable, *PYTEST, *ctx.args], environment()))
    sys.exit(run_everything())


def run_everything() -> int:
    """Runs each step whatever the others said, the tests last; gives the worst exit code."""
    steps = {name: run_step(name, command) for name, command in checks().items()}
    if find_postgres():
        steps["tests on PostgreSQL"] = run_on_postgres()
    elif os.environ.get("CI") == "true":
        say("FAILED: " + NO_POSTGRES)
        steps["tests on PostgreSQL"] = 69
    else:
        say(NO_POSTGRES)
    # The last run retells the steps before it as tests, so that its one summary holds all.
    last = run_step(
        "all tests on SQLite",
        [sys.executable, *PYTEST, *AT_ONCE],
        environment(APPORTION_TEST_STEPS=json.dumps(steps)),
    )
    return max(abs(code) for code in (*steps.values(), last))


def checks() -> dict[str, list[str]]:
    """Names the steps that need no database and no scheduler."""
    tools = Path(sys.executable).parent
    paths = [path for path in CHECKED if (ROOT / path).is_dir()]
    return {
        "style": [str(tools / "ruff"), "check", "--quiet", *paths],
        "format": [str(tools / "ruff"), "format", "--check", "--quiet", *paths],
        "types": [str(tools / "mypy")],
        "import rules": [str(tools / "lint-imports"), "--no-logo"],
    }


def run_on_postgres() -> int:
    """Runs the tests that touch the database on a PostgreSQL server of their own."""
    with scratch() as folder, start_postgres(folder=folder) as url:
        return run_step(
            "tests on PostgreSQL",
            [sys.executable, *PYTEST, *AT_ONCE, "--database-tests"],
            environment(APPORTION_DATABASE_URL=url),
        )


def run_step(name: str, command: Sequence[str], env: dict[str, str] | None = None) -> int:
    """Runs one step under its name and says how it ended."""
    say(f"== {name}")
    started = time.monotonic()
    code = run(command, env or environment())
    if "pytest" not in command:  # pytest says it itself, and its line stays the last
        say(f"   {'ok' if code == 0 else f'FAILED ({code})'} in {time.monotonic() - started:.1f} s")
    return code


def run(command: Sequence[str], env: dict[str, str]) -> int:
    """Runs a command in the checkout, its output going where ours goes."""
    return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode


def environment(**more: str) -> dict[str, str]:
    """Gives the environment of a step: ours without a site's settings, and the test settings."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("APPORTION_") or name == "APPORTION_SHARED"
    }
    ours = {
        "DJANGO_SETTINGS_MODULE": "apportion.office.settings_test",
        "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT / "client" / "src"))),
    }
    return {**kept, **ours, **more}


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """Gives a short-named folder (sockets need it) that other accounts may enter."""
    with tempfile.TemporaryDirectory(prefix="apportion-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def say(text: str) -> None:
    """Prints at once, so that lines of ours and of the steps keep their order."""
    print(text, flush=True)
