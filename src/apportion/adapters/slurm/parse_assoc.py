"""What slurmctld holds: the text of `scontrol -o show assoc_mgr flags=assoc,qos`.

It is the scheduler itself that answers, and not the database behind it: limits, counters, jobs
and members of a whole cluster in one read.
Source: recorded from Slurm 22.05.8, tests/adapters/slurm/transcripts/assoc_mgr.txt.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from apportion.adapters.slurm.limits import UNLIMITED, resource_of
from apportion.core.enforce.tree import Association, Minutes, Qos, Tree
from apportion.core.faults import BadInput, Fault
from apportion.core.ids import ResourceCode

FILE = "scontrol show assoc_mgr"
REMEDY = "Check that scontrol was asked by this version of the office"
HEAD = re.compile(r"ClusterName=(?P<cluster>.*?) Account=(?P<account>.*?) UserName=(?P<user>.*?)")
OWNER = re.compile(HEAD.pattern + r" Partition=")
BODY = re.compile(
    r" ParentAccount=(?P<parent>.*?)(?:\(\d+\))? Lft=.*"
    r" GrpJobs=\S+?\((?P<jobs>\d+)\) .* GrpSubmitJobs=(?P<submit>N|\d+)\(\d+\) .*"
    r" GrpTRESMins=(?P<minutes>\S*) GrpTRESRunMins="
)
QOS = re.compile(
    r"QOS=(?P<name>.*?)\(\d+\) UsageRaw=.* GrpJobs=\S+?\((?P<jobs>\d+)\) .*"
    r" GrpTRESMins=(?P<minutes>\S*) GrpTRESRunMins="
)
LIMIT = re.compile(r"(?P<name>[^=,]+)=(?P<limit>N|\d+)\((?P<used>\d+)\)")
NO_LIMIT = "N"
UID = re.compile(r"\((\d+)\)$")
NO_UID = "4294967294"  # what slurmctld gives a user that its machine does not know


@dataclass(frozen=True, slots=True, kw_only=True)
class _User:
    """A member of an account, with a limit of their own where there is one."""

    account: str
    name: str
    is_ghost: bool
    minutes: Minutes


def parse_assoc_mgr(text: str, *, cluster: str) -> Tree:
    """Reads the accounts of a cluster with members, limits and counters, and every QOS.

    Raises: BadInput with every line that cannot be read, also where the text was cut off.
    """
    accounts: dict[str, Association] = {}
    users: list[_User] = []
    qos: dict[str, Qos] = {}
    faults: list[Fault] = []
    for number, line in _records(text):
        try:
            if line.startswith("QOS="):
                one = _qos(line)
                qos[one.name] = one
            elif (owner := _owner(line))["cluster"] == cluster:
                if owner["user"]:
                    users.append(_user(owner, line))
                else:
                    accounts[owner["account"]] = _account(owner["account"], line)
        except ValueError as error:
            faults.append(_fault(number, line, str(error)))
    if "Association Records" not in text or "QOS Records" not in text:
        faults.append(_fault(None, text[-60:], "the answer has no end"))
    if faults:
        raise BadInput(faults)
    return Tree(associations=_with_members(accounts, users), qos=qos)


def _records(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith(("ClusterName=", "QOS=")):
            yield number, line


def _owner(line: str) -> dict[str, str]:
    found = OWNER.match(line)
    if found is None:
        raise ValueError("names no cluster, account and user")
    return found.groupdict()


def _user(owner: dict[str, str], line: str) -> _User:
    uid = UID.search(owner["user"])
    body = BODY.search(line)
    if body is None:
        raise ValueError("lacks jobs or limits")
    return _User(
        account=owner["account"],
        name=UID.sub("", owner["user"]),
        is_ghost=uid is not None and uid.group(1) == NO_UID,
        minutes=_tres(body["minutes"])[0],
    )


def _account(name: str, line: str) -> Association:
    body = BODY.search(line)
    if body is None:
        raise ValueError("lacks a parent, jobs or limits")
    minutes, used = _tres(body["minutes"])
    return Association(
        name=name,
        parent=body["parent"],
        minutes=minutes,
        used=used,
        running=int(body["jobs"]),
        submit_jobs=None if body["submit"] == NO_LIMIT else int(body["submit"]),
    )


def _qos(line: str) -> Qos:
    found = QOS.match(line)
    if found is None:
        raise ValueError("lacks a name, jobs or limits")
    minutes, used = _tres(found["minutes"])
    return Qos(name=found["name"], minutes=minutes, used=used, running=int(found["jobs"]))


def _tres(text: str) -> tuple[dict[ResourceCode, int], dict[ResourceCode, int]]:
    """Reads limits and counters; those on memory, licences and the like are the operator's own."""
    minutes: dict[ResourceCode, int] = {}
    used: dict[ResourceCode, int] = {}
    for found in LIMIT.finditer(text):
        if resource := resource_of(found["name"]):
            used[resource] = int(found["used"])
            if found["limit"] != NO_LIMIT and int(found["limit"]) < UNLIMITED:
                minutes[resource] = int(found["limit"])
    if text and not used:
        raise ValueError("a list of limits cannot be read")
    return minutes, used


def _with_members(
    accounts: dict[str, Association], users: Iterable[_User]
) -> dict[str, Association]:
    found: dict[str, list[_User]] = {}
    for user in users:
        found.setdefault(user.account, []).append(user)
    return {
        name: replace(
            there,
            members=frozenset(user.name for user in found.get(name, ())),
            caps={user.name: user.minutes for user in found.get(name, ()) if user.minutes},
            ghosts=frozenset(user.name for user in found.get(name, ()) if user.is_ghost),
        )
        for name, there in accounts.items()
    }


def _fault(line: int | None, value: str, what: str) -> Fault:
    return Fault(file=FILE, line=line, value=value, what=what, remedy=REMEDY)
