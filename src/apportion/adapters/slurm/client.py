"""Runs Slurm's own programs: the only place where the office touches a cluster."""

import subprocess
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from apportion.adapters.slurm.answers import Answer, read_answers
from apportion.adapters.slurm.limits import with_qos
from apportion.adapters.slurm.parse_assoc import parse_assoc_mgr
from apportion.adapters.slurm.parse_config import parse_config, parse_partitions, parse_qos
from apportion.adapters.slurm.render import (
    CONFIG_QUERY,
    PARTITION_QUERY,
    QOS_QUERY,
    SACCTMGR,
    render_batch,
    render_dump,
    render_line,
    render_qos_query,
    render_query,
    render_step,
    render_usage_query,
)
from apportion.core.enforce.names import is_word
from apportion.core.enforce.plan import Step, Verb
from apportion.core.enforce.preflight import Setup
from apportion.core.enforce.tree import Tree
from apportion.core.faults import BadInput, Fault, WorldError

PATIENCE_SECONDS = 300  # a year of accounting of a busy cluster takes minutes
NO_ANSWER = ("Unable to contact", "Connection refused", "Connection timed out", "not running")
PLAIN = ("env", "LC_ALL=C", "TZ=UTC", "SLURM_TIME_FORMAT=%s")  # one language, one clock
STEP_SECONDS = 1  # a third of one was measured
MAKING = (Verb.ADD_ACCOUNT, Verb.ADD_QOS, Verb.ADD_BOOST)  # one sacctmgr sees no QOS it just made
JOINING = (Verb.ADD_MEMBER, Verb.REMOVE_MEMBER)  # renumbers the whole tree: never two at once
CAPPING = (Verb.SET_CAP, Verb.LIFT_CAP)  # needs the members
HANDS = 16  # sacctmgr spends an order waiting for slurmdbd, so many wait at the same time
FEWEST = 8  # orders that are worth a sacctmgr of their own
NO_SUCH_PROGRAM = 127  # what env answers


@dataclass(frozen=True, slots=True)
class SlurmCluster:
    """One cluster, by the name under which it stands in the accounting database."""

    name: str

    def __post_init__(self) -> None:
        if not is_word(self.name):
            remedy = "Name it as Slurm does: at most 60 of a-z 0-9 _ -"
            what = "not the name of a cluster"
            raise BadInput([Fault(file="--cluster", value=self.name, what=what, remedy=remedy)])

    def read_tree(self, *, qos: bool = False) -> Tree:
        """Asks what slurmctld holds, in one read; `qos` asks too which QOS each account may use.

        Units: minutes of one unit, per resource.
        Raises: WorldError; BadInput where the answer cannot be read.
        """
        tree = parse_assoc_mgr(run_tool(render_query(cluster=self.name)), cluster=self.name)
        if not tree.associations:
            raise WorldError(f"slurmctld knows no cluster {self.name}", retryable=False)
        return with_qos(tree, run_tool(render_qos_query(cluster=self.name))) if qos else tree

    def read_setup(self) -> Setup:
        """Asks how the cluster is configured.

        Raises: WorldError; BadInput where the answer cannot be read.
        """
        return Setup(
            config=parse_config(run_tool(CONFIG_QUERY)),
            qos=parse_qos(run_tool(QOS_QUERY)),
            partitions=parse_partitions(run_tool(PARTITION_QUERY)),
        )

    def carry_out(self, steps: Sequence[Step]) -> tuple[Answer, ...]:
        """Orders many steps in a batch; whether they hold is known only by reading back.

        One that Slurm refuses stops no other. What others use is made first; many settings of
        accounts are then shared out among a few sacctmgr, and members follow.
        Raises: WorldError where some were not heard.
        """
        making = [step for step in steps if step.verb in MAKING]
        joining = [step for step in steps if step.verb in (*JOINING, *CAPPING)]
        setting = [step for step in steps if step.verb not in (*MAKING, *JOINING, *CAPPING)]
        answers = list(self._order(making))
        if len(setting) < 2 * FEWEST:
            return (*answers, *self._order([*setting, *joining]))
        with ThreadPoolExecutor(HANDS) as hands:
            for said in hands.map(self._order, share_out(setting)):
                answers += said
        return (*answers, *self._order(joining))

    def _order(self, steps: Sequence[Step]) -> tuple[Answer, ...]:
        if not steps:
            return ()
        done = _run(
            SACCTMGR,
            said=render_batch(steps, cluster=self.name),
            patience=PATIENCE_SECONDS + STEP_SECONDS * len(steps),
        )
        said, errors = (text.decode(errors="replace") for text in (done.stdout, done.stderr))
        if any(sign in said + errors for sign in NO_ANSWER):
            raise WorldError(f"sacctmgr: {(said + errors).strip()[-300:]}", retryable=True)
        return read_answers(steps, said, errors=errors, failed=done.returncode != 0)

    def describe(self, step: Step) -> str:
        """Writes the command that an operator would type for a step."""
        return render_line((*SACCTMGR, *render_step(step, cluster=self.name)))

    def dump(self, path: str) -> None:
        """Has sacctmgr write the whole tree to a file.

        Raises: WorldError.
        """
        run_tool(render_dump(self.name, path))

    def pause(self, seconds: float) -> None:
        """Waits: slurmctld hears of an order a moment after the database does."""
        threading.Event().wait(seconds)

    def read_usage(self, *, starts_at: datetime, ends_at: datetime) -> str:
        """Asks for the accounting records of all jobs that ran in a window.

        Slurm may leave a job out for some seconds after its end, so windows must overlap.
        Raises: WorldError.
        """
        return run_tool(render_usage_query(self.name, starts_at=starts_at, ends_at=ends_at))


def share_out(steps: Sequence[Step]) -> tuple[tuple[Step, ...], ...]:
    """Shares steps out, those of one account to one hand and in their order."""
    names = {
        name: place for place, name in enumerate(dict.fromkeys(one.association for one in steps))
    }
    hands = max(1, min(HANDS, len(names) // FEWEST))
    shares: list[list[Step]] = [[] for _ in range(hands)]
    for step in steps:
        shares[names[step.association] % hands].append(step)
    return tuple(tuple(share) for share in shares)


def run_tool(command: Sequence[str]) -> str:
    """Runs a program in plain English and universal time, and gives what it printed.

    Raises: WorldError, retryable where the cluster may answer later.
    """
    done = _run(command)
    if done.returncode != 0:
        said = (done.stdout + b" " + done.stderr).decode(errors="replace").strip()
        retryable = any(sign in said for sign in NO_ANSWER)
        raise WorldError(f"{command[0]}: {said or 'failed and said nothing'}", retryable=retryable)
    return done.stdout.decode(errors="replace")


def _run(
    command: Sequence[str], *, said: str = "", patience: float = PATIENCE_SECONDS
) -> subprocess.CompletedProcess[bytes]:
    """Runs a program without a shell.

    Raises: WorldError where it is not there, or gives no answer.
    """
    try:
        done = subprocess.run(
            [*PLAIN, *command],
            input=said.encode(),
            capture_output=True,
            check=False,
            timeout=patience,
        )
    except subprocess.TimeoutExpired:
        raise WorldError(f"{command[0]} gave no answer in time", retryable=True) from None
    if done.returncode == NO_SUCH_PROGRAM:
        raise WorldError(f"{command[0]} is not installed on this machine", retryable=False)
    return done
