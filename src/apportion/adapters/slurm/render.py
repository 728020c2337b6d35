"""Command lines of Slurm's programs, as lists of words: nothing is ever handed to a shell."""

import shlex
from collections.abc import Sequence
from datetime import UTC, datetime

from apportion.adapters.slurm.limits import COLUMNS, render_no_tres, render_tres
from apportion.adapters.slurm.parse import FIELDS
from apportion.core.enforce.names import is_account, is_user, is_word
from apportion.core.enforce.plan import Step, Verb

SCONTROL = ("scontrol", "-o")
SACCTMGR = ("sacctmgr", "-iQ")  # without -i it would ask, hear nothing, do nothing and exit 0
CONFIG_QUERY = ("scontrol", "show", "config")
QOS_QUERY = ("sacctmgr", "-nP", "show", "qos", "format=Name,Flags,GrpTRESMins,UsageFactor")
PARTITION_QUERY = (*SCONTROL, "show", "partition")
BOOST = ("preemptmode=requeue", "priority=1000000")


def render_query(*, cluster: str) -> tuple[str, ...]:
    """Asks slurmctld for all that it holds of a cluster."""
    return (*SCONTROL, "-M", cluster, "show", "assoc_mgr", "flags=assoc,qos")


def render_qos_query(*, cluster: str) -> tuple[str, ...]:
    """Asks which QOS the jobs of each account may use; `user=` leaves out those of users."""
    fields = f"format={','.join(COLUMNS)}"
    return ("sacctmgr", "-nP", "show", "assoc", "where", f"cluster={cluster}", "user=", fields)


def render_step(step: Step, *, cluster: str) -> tuple[str, ...]:
    """Writes a step as the words that sacctmgr takes after its options.

    Limits that the step does not name stay as they are. Every name was checked, and is again
    here: an account that is not named would change every account.

    Raises: ValueError where a name may not reach Slurm, or a limit is below zero.
    Source: tried on Slurm 22.05: setting one TRES keeps the others; a repeat changes nothing.
    """
    name = step.association
    others = (step.parent, step.qos, cluster)
    if (
        not is_account(name)
        or (step.user and not is_user(step.user))
        or not all(is_word(other) for other in others if other)
    ):
        raise ValueError(f"no name for Slurm among {(name, step.user, *others)}")
    account = ("modify", "account", "where", f"account={name}", f"cluster={cluster}", "set")
    user = ("modify", "user", "where", f"user={step.user}")
    member = (*user, f"account={name}", f"cluster={cluster}", "set")
    words = {
        Verb.ADD_ACCOUNT: ("add", "account", name, f"cluster={cluster}", f"parent={step.parent}"),
        Verb.ADD_QOS: ("add", "qos", step.qos, "flags=NoDecay"),
        Verb.SET_LIMIT: (*account, f"GrpTRESMins={render_tres(step.minutes)}"),
        Verb.SET_QOS_LIMIT: (
            *("modify", "qos", "where", f"name={step.qos}", "set"),
            f"GrpTRESMins={render_tres(step.minutes)}",
        ),
        Verb.USE_QOS: (*account, f"qos={step.qos}", f"defaultqos={step.qos}"),
        Verb.HOLD: (*account, "GrpSubmitJobs=0"),
        Verb.FREE: (*account, "GrpSubmitJobs=-1"),
        Verb.ADD_BOOST: ("add", "qos", name, f"preempt={step.qos}", *BOOST),
        Verb.BOOST: (*account, f"qos+={step.qos}", f"defaultqos={step.qos}"),
        Verb.UNBOOST: (*account, f"qos-={step.qos}", "defaultqos=-1"),
        Verb.ADD_MEMBER: ("add", "user", step.user, f"account={name}", f"cluster={cluster}"),
        Verb.REMOVE_MEMBER: (
            *("delete", "user", "where", f"user={step.user}"),
            *(f"account={name}", f"cluster={cluster}"),
        ),
        Verb.SET_CAP: (*member, f"GrpTRESMins={render_tres(step.minutes)}"),
        Verb.LIFT_CAP: (*member, f"GrpTRESMins={render_no_tres(step.minutes)}"),
    }
    return words[step.verb]


def render_batch(steps: Sequence[Step], *, cluster: str) -> str:
    """Writes many steps for one sacctmgr that reads them from its standard input."""
    return "".join(" ".join(render_step(step, cluster=cluster)) + "\n" for step in steps)


def render_dump(cluster: str, path: str) -> tuple[str, ...]:
    """Has sacctmgr write the tree of a cluster to a file."""
    return (*SACCTMGR, "dump", cluster, f"file={path}")


def render_usage_query(cluster: str, *, starts_at: datetime, ends_at: datetime) -> tuple[str, ...]:
    """Asks for the jobs of all users that ran in a window, requeues and all, without steps.

    Shape: the instants are written in UTC, which the asking process must have as its time zone.
    """
    window = ("-S", _instant(starts_at), "-E", _instant(ends_at))
    return ("sacct", "-nPXaD", "-M", cluster, *window, "-o", ",".join(FIELDS))


def render_line(command: Sequence[str]) -> str:
    """Writes a command as an operator would type it."""
    return shlex.join(command)


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
