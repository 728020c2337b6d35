"""A sync of 100,000 new jobs from a real slurmdbd into posted charges, beside sacct alone.

    python benchmarks/metering_sync.py [--quick] [--json] [--jobs N]

Both are asked on the same cluster in one run, one after the other and again: `sacct` writing the
same records to a file, and `apportion usage sync` into a new office. Wall seconds, best of each.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from apportion.adapters.slurm.collect.render import render_usage  # noqa: E402  path first
from apportion.core.meter.cut import Span  # noqa: E402
from tests.slurm.load_jobs import load_jobs, made_up  # noqa: E402

TARGET = 1.5
JOBS, QUICK_JOBS, DAYS, ACCOUNTS = 100_000, 20_000, 30, 20
CLUSTER, PORT = "bench", "33400"  # the first of some that must be free
TREE = ROOT / "tests" / "slurm"


def main() -> None:
    """Measures and prints."""
    flags = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    flags.add_argument("--quick", action="store_true", help=f"{QUICK_JOBS:,} jobs, once")
    flags.add_argument("--json", action="store_true", help="as a list of results")
    flags.add_argument("--jobs", type=int, default=0, help="so many jobs")
    given = flags.parse_args()
    jobs = given.jobs or (QUICK_JOBS if given.quick else JOBS)
    result = measure(jobs, rounds=1 if given.quick else 2)
    if given.json:
        print(json.dumps([result], indent=1))
        return
    print(f"{'':28}{'seconds':>10}")
    print(f"{'sacct alone, one call':28}{result['peer']:>10.2f}")
    print(f"{'usage sync':28}{result['ours']:>10.2f}")
    print(f"ratio {result['ratio']:.2f}, target at most {TARGET}: {result['charges']:,} charges")


def measure(jobs: int, *, rounds: int) -> dict[str, Any]:
    """Starts a cluster, loads it, and asks both."""
    environ = os.environ  # noqa: TID251  the programs of the cluster are found through it
    environ["PATH"] += ":/usr/sbin:/sbin"
    environ["TZ"] = "UTC"
    with tempfile.TemporaryDirectory(prefix="sync-", ignore_cleanup_errors=True) as name:
        state = Path(name)
        state.chmod(0o755)
        environment = {
            **environ,
            "SLURM_TEST_PORT": PORT,
            "SLURM_TEST_GPU_TYPES": "h100",
            "SLURM_TEST_CLUSTER": CLUSTER,
        }
        with (state / "up.log").open("w") as log:
            up = [TREE / "cluster-up", state, "1", "8"]
            subprocess.run(up, env=environment, stdout=log, stderr=log, check=True)
        environ["SLURM_CONF"] = str(state / "etc" / "slurm.conf")
        try:
            return _race(state, jobs, rounds)
        finally:
            subprocess.run([TREE / "cluster-down", state], check=False)


def _race(state: Path, jobs: int, rounds: int) -> dict[str, Any]:
    accounts = [f"lab-{at}" for at in range(ACCOUNTS)]
    user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    names = ",".join(accounts)
    for words in (("account", names), ("user", user, f"account={names}")):
        subprocess.run(["sacctmgr", "-iQ", "add", *words], check=True, stdout=subprocess.DEVNULL)
    now = datetime.now(UTC)  # noqa: TID251  jobs of the last month
    start = int((now - timedelta(days=DAYS + 2)).timestamp())
    pairs = [(account, user) for account in accounts]
    load_jobs(state, CLUSTER, made_up(jobs, pairs=pairs, start=start, days=DAYS))
    window = (start - 86_400, int(now.timestamp()))
    since = (now - timedelta(days=DAYS + 3)).isoformat()
    peers, ours, charges = [], [], 0
    _sacct(state, window)  # so that the database has its pages in memory for both
    for turn in range(rounds):
        peers.append(_sacct(state, window))
        data = state / f"office-{turn}"
        _run(TREE / "office.py", data, *accounts)
        begun = time.monotonic()
        words = ("--cluster", CLUSTER, "--as", "ops", "--since", since, "--json")
        told = _run("-m", "apportion", "--data", data, "usage", "sync", *words)
        ours.append(time.monotonic() - begun)
        charges = json.loads(told)["added"]
        shutil.rmtree(data)
        peers.append(_sacct(state, window))
    assert charges == jobs, f"{charges} charges of {jobs} jobs"
    ratio = min(ours) / min(peers)
    name = f"sync of {jobs:,} jobs beside sacct alone, wall seconds"
    return {
        "name": name,
        "ours": min(ours),
        "peer": min(peers),
        "ratio": ratio,
        "target": TARGET,
        "met": ratio <= TARGET,
        "charges": charges,
    }


def _sacct(state: Path, window: Span) -> float:
    begun = time.monotonic()
    with (state / "sacct.txt").open("wb") as out:
        command = ["env", "SLURM_TIME_FORMAT=%s", *render_usage(CLUSTER, window)]
        subprocess.run(command, stdout=out, check=True)
    return time.monotonic() - begun


def _run(*words: object) -> str:
    path = f"{ROOT / 'src'}{os.pathsep}{ROOT}"
    environment = {**os.environ, "PYTHONPATH": path}  # noqa: TID251  as a shell would
    if "-m" in words:
        environment["APPORTION_DATA"] = str(words[3])
    command = [sys.executable, *map(str, words)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return done.stdout


if __name__ == "__main__":
    main()
