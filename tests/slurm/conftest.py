"""A real Slurm cluster on this machine alone, started once for all tests that need one."""

import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from tests.slurm.recording import Recording, is_recording

HERE = Path(__file__).resolve().parent
GPUS = 60  # a job with all of them uses one GPU-minute a second
SPAN = 400  # ports that one cluster may take, first to last
USERS = ("daemon", "bin", "mail")  # stand on every Debian and may own jobs
LIVE = ("PENDING", "RUNNING", "COMPLETING")
TAKE_ALL = """function slurm_job_submit(job, partitions, uid) return slurm.SUCCESS end
function slurm_job_modify(job, record, partitions, uid) return slurm.SUCCESS end
return slurm.SUCCESS
"""  # what slurmctld asks before it takes a job


@dataclass
class Slurm:
    """The running cluster, as tests speak to it."""

    state: Path
    settings: dict
    name: str = "testbed"
    numbers: count = field(default_factory=lambda: count(1))
    unanswered: subprocess.Popen | None = None  # a sacctmgr that nobody answers
    heard: str = ""  # from it

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
        if daemon == "slurmdbd":
            self.hear_unanswered()  # it would wait for ever
        pid = int((self.state / "run" / f"{daemon}.pid").read_text())
        assert f"SLURM_TEST_STATE={self.state}".encode() in Path(
            f"/proc/{pid}/environ"
        ).read_bytes().split(b"\0")
        os.kill(pid, signal.SIGKILL)
        while Path(f"/proc/{pid}").exists() and not is_zombie(pid):
            threading.Event().wait(0.05)

    def hear_unanswered(self):
        """Waits for the sacctmgr that nobody answers; gives how it ended and what it said."""
        if not self.heard:
            self.heard, _ = self.unanswered.communicate(timeout=60)
        return self.unanswered.returncode, self.heard

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
        job = self.run(*self.order(account, gpus=gpus, command=command))
        end = time.monotonic() + 60  # sbatch --wait would look every ten seconds
        while wait and self.state_of(job) in LIVE and time.monotonic() < end:
            threading.Event().wait(0.2)
        return job

    def order(self, account, *, gpus, command="sleep 2", minutes=1, user="", more=()):
        """Writes what sends a job, as another user where this machine lets us."""
        as_user = [f"--uid={user}"] if user and os.geteuid() == 0 else []
        what = ["-A", account, f"--gres=gpu:{gpus}", "-t", str(minutes)]
        where = ["-o", os.devnull, "-D", os.sep]
        return ["sbatch", "--parsable", *as_user, *what, *where, *more, "--wrap", command]

    def send(self, account, *, gpus, **more):
        """Submits a job as one of the users who work on it; comes back at once."""
        words = {"user": USERS[0], **more}
        return self.run(*self.order(account, gpus=f"h100:{gpus}", **words))

    def until(self, word):
        """Writes a command that runs until that word is given, and two seconds more."""
        return f"until [ -e {self.state / word} ]; do sleep 0.2; done; sleep 2"

    def give(self, word):
        """Lets what waits for a word end."""
        (self.state / word).touch()

    def state_of(self, job):
        """What slurmctld says of a job now."""
        return self.run("squeue", "-h", "-j", job, "-t", "all", "-o", "%T")

    def reason_of(self, job):
        """Why a job waits, as slurmctld says it."""
        return self.run("squeue", "-h", "-j", job, "-o", "%r")

    def states(self, job):
        """How each run of a job ended, as the accounting says it."""
        text = self.run("sacct", "-nPXD", "-j", job, "-o", "state")
        return [line.split()[0] for line in text.splitlines()]

    def used(self, account):
        """What sacct itself says that an account used. Units: GPU-seconds."""
        since = f"{datetime.now(UTC) - timedelta(days=20):%Y-%m-%dT%H:%M:%S}"
        asked = ["-A", account, "-S", since, "-o", "elapsedraw,alloctres"]
        found = 0
        for line in self.run("env", "TZ=UTC", "sacct", "-nPXaD", *asked).splitlines():
            seconds, tres = line.split("|")
            units = dict(part.split("=") for part in tres.split(",") if part)
            found += int(seconds) * int(units.get("gres/gpu", 0))
        return found


@pytest.fixture(scope="session")
def slurm():
    """Starts the cluster, points Slurm's programs at it, and stops it with all its jobs."""
    with tempfile.TemporaryDirectory(prefix="slurm-", ignore_cleanup_errors=True) as name:
        state = Path(name)
        state.chmod(0o755)  # the jobs' own accounts must enter
        (state / "etc").mkdir()
        (state / "etc" / "job_submit.lua").write_text(TAKE_ALL)
        settings = {
            "SLURM_TEST_PORT": str(free_ports()),
            "SLURM_TEST_GPU_TYPES": "h100",
            "SLURM_TEST_MAX_TIME": "60",  # so that a sync reads the last hour again, and no more
            "SLURM_TEST_EXTRA": "JobSubmitPlugins=lua",
        }
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("PATH", f"{os.environ['PATH']}:/usr/sbin:/sbin")
            environment.setenv("SLURM_CONF", str(state / "etc" / "slurm.conf"))
            cluster = Slurm(state=state, settings=settings)
            try:
                start(state, settings)
                cluster.unanswered = without_an_answer()
                yield cluster
            finally:
                subprocess.run([HERE / "cluster-down", state], check=False)
                if cluster.unanswered is not None and cluster.unanswered.returncode is None:
                    cluster.unanswered.kill()  # where no test waited for it
                    cluster.unanswered.communicate()


def without_an_answer():
    """Orders something of a sacctmgr that asks back and has nobody to hear: it waits half a minute."""
    order = ("sacctmgr", "add", "qos", "unanswered")
    closed = ("sh", "-c", 'exec "$@" <&-', "sh", *order)
    return subprocess.Popen(closed, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


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
    """Finds a first port whose neighbours, as far as a cluster needs them, are free too.

    Each process begins to look elsewhere, so that two that start at once do not choose the same.
    """
    slots = range(16_800, 32_400, SPAN)  # above, the machine gives ports to whoever connects
    for slot in range(len(slots)):
        first = slots[(os.getpid() + slot) % len(slots)]
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


@pytest.fixture
def recorded(monkeypatch):
    """Keeps what the cluster says to the syncs of a lab; its `write` is the last line of a story."""

    def record(name, lab):
        recording = Recording(name, lab)
        if is_recording():
            recording.listen(monkeypatch)
        return recording

    return record
