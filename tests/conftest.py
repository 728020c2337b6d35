"""What every test shares: the programs that it needs, the browser that it drives, files from outside."""

import importlib.util
import os
import shutil
import sys
from ctypes.util import find_library
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How long a draw takes tells of the machine, and how busy it is, not of what is tested.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")

# Playwright keeps an event loop in this thread; without this Django takes every query for async.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
# Spark's first query compiles more than it computes: one quick compiler halves its tests.
os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("APPORTION_SHARED", ROOT.parent / "shared"))
ON_POSTGRES = os.environ.get("APPORTION_DATABASE_URL", "").startswith("postgres")
MUST_HAVE_ALL = os.environ.get("CI") == "true"

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
SLURM_PROGRAMS = ("slurmctld", "slurmd", "slurmdbd", "sacctmgr", "munged", "mariadbd", "mariadb")
SBIN = os.environ.get("PATH", "") + os.pathsep + "/usr/sbin" + os.pathsep + "/sbin"

NEEDS = {
    "browser": (
        bool(CHROMIUM),
        "no Chromium here: apt-get install chromium, or set CHROMIUM to the path of one",
    ),
    "slurm": (
        all(shutil.which(program, path=SBIN) for program in SLURM_PROGRAMS)
        and bool(find_library("lua5.1-socket")),
        "no Slurm here: tests/slurm/README.md lists the Debian packages",
    ),
    "spark": (
        bool(shutil.which("java") and importlib.util.find_spec("pyspark")),
        "no Spark here: apt-get install openjdk-17-jre-headless, pip install -r requirements/spark.lock",
    ),
    "focus": (
        (Path(sys.prefix) / "focus-validator" / "bin" / "python").is_file(),
        "no validator of FOCUS files here: sh tests/install_focus_validator.sh",
    ),
}


def pytest_addoption(parser):
    parser.addoption(
        "--database-tests",
        action="store_true",
        help="only the tests that touch the database and need no browser and no scheduler",
    )
    parser.addoption("--sim-seed", type=int, help="the one life of the books to live again")
    parser.addoption("--sim-runs", type=int, help="how many lives of the books to live")


def pytest_collection_modifyitems(config, items):
    """Leaves out what belongs to the other pass; skips what this machine cannot run, with the cure."""
    wanted = touches_database if config.getoption("--database-tests") else fits_this_database
    left_out = [item for item in items if not wanted(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if wanted(item)]
    for marker, (here, cure) in NEEDS.items():
        marked = [item for item in items if item.get_closest_marker(marker)]
        if marked and not here and MUST_HAVE_ALL:
            raise pytest.UsageError(f"CI runs every test, and {len(marked)} need this: {cure}")
        for item in marked if not here else ():
            item.add_marker(pytest.mark.skip(reason=cure))
    long = {item.path for item in items if any(map(item.get_closest_marker, (*NEEDS, "slow")))}
    items.sort(key=lambda item: item.path not in long)  # so that nobody waits for a long one alone


def touches_database(item):
    """Says whether the test belongs to a pass on another database."""
    fixtures = set(getattr(item, "fixturenames", ()))
    marked = item.get_closest_marker("django_db") or item.get_closest_marker("postgres")
    uses = bool(marked or fixtures & {"db", "transactional_db", "django_db_reset_sequences"})
    return uses and not any(map(item.get_closest_marker, NEEDS))


def fits_this_database(item):
    """Tests of PostgreSQL alone run in the PostgreSQL pass of `./apportion test`."""
    return ON_POSTGRES or not item.get_closest_marker("postgres")


@pytest.fixture(scope="session")
def shared():
    """Gives the folder of test data from outside the project; skips where there is none."""
    if not SHARED.is_dir():
        pytest.skip("no test data from outside here: set APPORTION_SHARED to its folder")
    return SHARED


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    quiet = "--disable-background-networking --disable-component-update --disable-sync"
    alike = "--force-color-profile=srgb --font-render-hinting=none"
    plain = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-dev-shm-usage"
    args = f"{plain} {quiet} {alike}".split()
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": args}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {
        **browser_context_args,
        "viewport": {"width": 1360, "height": 860},
        "locale": "en-GB",
        "timezone_id": "UTC",
        "reduced_motion": "reduce",
    }


@pytest.fixture(scope="session", autouse=True)
def flush_between_tests():
    """Lets the test runner empty append-only tables between tests: SQLite's triggers stand aside.

    PostgreSQL empties by TRUNCATE, which row triggers do not see.
    """
    from importlib import import_module

    from django.db import connection

    if connection.vendor != "sqlite":
        return
    guard = import_module("apportion.apps.ledger.migrations.0002_guards")
    operations = type(connection.ops)  # the class: under Playwright's loop the object is another
    flush = operations.execute_sql_flush

    def flush_without_guard(self, sql_list):
        with self.connection.schema_editor() as editor:
            guard.allow_changes(None, editor)
        try:
            flush(self, sql_list)
        finally:
            with self.connection.schema_editor() as editor:
                guard.forbid_changes(None, editor)

    operations.execute_sql_flush = flush_without_guard
