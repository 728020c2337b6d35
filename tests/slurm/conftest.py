"""A real Slurm cluster on this machine alone, started once for all tests that need one."""

import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
GPUS = 60  # a job with all of them uses one GPU-minute a second
SPAN = 400  # ports that one cluster may take, first to last


@dataclass
class Slurm:
    """The running cluster, as tests speak to it."""

    state: Path
    settings: dict
    name: str = "testbed"
    numbers: count = field(default_factory=lambda: count(1))

    def run(self, *command):
        """Runs one of Slurm's programs and gives what it printed; a failure fails the test."""
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout.strip()

    def ask(self, *command, said=""):
        """Runs one of Slurm's programs with something to read, however it ends."""
        return subprocess.run(
            command, input=said, capture_output=True, text=True, check=False, timeout=120
        )

    def number(self):
        """Gives a number that no other test has."""
        return next(self.numbers)

    def kill(self, daemon):
        """Ends one of this cluster's daemons, by its own process id, as a power cut would."""
        pid = int((self.state / "run" / f"{daemon}.pid").read_text())
        assert f"SLURM_TEST_STATE={self.state}".encode() in Path(
            f"/proc/{pid}/environ"
        ).read_bytes().split(b"\0")
        os.kill(pid, signal.SIGKILL)
        while Path(f"/proc/{pid}").exists() and not is_zombie(pid):
            threading.Event().wait(0.05)

    def start(self):
        """Starts what of the cluster is not running."""
        start(self.state, self.settings)

    def add_account(self, name=None):
        """Makes a fresh account in which the user of these tests may run jobs."""
        name = name or f"project-{next(self.numbers)}"
        user = self.run("id", "-un")
        self.run("sacctmgr", "-iQ", "add", "account", name, f"cluster={self.name}")
        self.run("sacctmgr", "-iQ", "add", "user", user, f"account={name}")
        return name

    def submit(self, account, *, gpus, command="sleep 1", wait=True):
        """Submits a job and, unless told otherwise, comes back when it has ended."""
        options = ["--wait"] if wait else []
        where = ["-A", account, f"--gres=gpu:{gpus}", "-t", "1", "-o", os.devnull, "-D", os.sep]
        return self.run("sbatch", "--parsable", *options, *where, "--wrap", command)


@pytest.fixture(scope="session")
def slurm():
    """Starts the cluster, points Slurm's programs at it, and stops it with all its jobs."""
    with tempfile.TemporaryDirectory(prefix="slurm-", ignore_cleanup_errors=True) as name:
        state = Path(name)
        state.chmod(0o755)  # the jobs' own accounts must enter
        settings = {"SLURM_TEST_PORT": str(free_ports()), "SLURM_TEST_GPU_TYPES": "h100"}
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("PATH", f"{os.environ['PATH']}:/usr/sbin:/sbin")
            try:
                start(state, settings)
                environment.setenv("SLURM_CONF", str(state / "etc" / "slurm.conf"))
                yield Slurm(state=state, settings=settings)
            finally:
                subprocess.run([HERE / "cluster-down", state], check=False)


def start(state, settings):
    log = state / "up.log"
    with log.open("w") as output:  # not a pipe: the daemons would hold it open
        done = subprocess.run(
            [HERE / "cluster-up", state, "1", str(GPUS)],
            env={**os.environ, **settings},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=240,
        )
    if done.returncode != 0:
        logs = (p for p in sorted((state / "log").glob("*.log")))
        tails = [f"{p.name}: {p.read_text(errors='replace')[-600:]}" for p in logs]
        pytest.fail("the cluster did not start: " + log.read_text() + "\n".join(tails))


def is_zombie(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def free_ports():
    """Finds a first port whose neighbours, as far as a cluster needs them, are free too."""
    for first in range(16_800, 60_000, SPAN):
        if all(is_free(first + offset) for offset in (0, 1, 2, 10)):
            return first
    return pytest.fail("no free ports for a cluster")


def is_free(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.fixture(scope="session")
def eventually():
    """Asks until the answer is the one wanted, as accounting trails the jobs by a second or two."""

    def ask(question, wanted, seconds=60):
        pause = threading.Event()
        end = time.monotonic() + seconds
        while (answer := question()) != wanted and time.monotonic() < end:
            pause.wait(0.2)
        assert answer == wanted
        return answer

    return ask
