"""A file of `sacctmgr dump`: accounts, users and limits of a cluster as text.

Source: sacctmgr(1); recorded from Slurm 22.05.8. Slurm's own loader cannot read back a dump whose
limits are on typed GPUs, for it writes them without quotes; this reader can.
"""

import re

from apportion.adapters.slurm.limits import UNLIMITED, resource_of
from apportion.core.enforce.tree import Association, Tree
from apportion.core.faults import BadInput, Fault
from apportion.core.ids import ResourceCode

LINE = re.compile(r"(Cluster|Parent|Account|User) - '([^']*)'(.*)")
NAMES = (  # of options; a GPU type stands behind a colon too
    r"(?:Grp|Max|Min|Default|Wall)\w+|Description|Organization|Fair[Ss]hare|QOS|Priority"
    r"|AdminLevel|Coordinator|WCKeys|Classification|Parent"
)
OPTION = re.compile(rf":({NAMES})=('[^']*'|(?:(?!:(?:{NAMES})=).)*)")
LIMIT = re.compile(r"([^=,]+)=(\d+)")
REMEDY = "Write it again with: sacctmgr dump CLUSTER file=FILE"


def parse_dump(text: str, *, file: str) -> Tree:
    """Reads a dump into the accounts that it describes; their counters are not in it.

    Raises: BadInput with every line that cannot be read.
    """
    accounts: dict[str, Association] = {}
    members: dict[str, set[str]] = {}
    faults: list[Fault] = []
    parent = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        found = LINE.fullmatch(line.strip())
        if found is None:
            faults.append(_fault(file, number, line, "not a line of a dump"))
            continue
        kind, name, rest = found.groups()
        options = {key.lower(): value.strip("'") for key, value in OPTION.findall(rest)}
        if kind == "Parent":
            parent = name
        elif not parent and kind != "Cluster":
            faults.append(_fault(file, number, line, "stands before the first Parent"))
        elif kind == "Account":
            accounts[name] = _account(name, parent, options)
        elif kind == "User":
            members.setdefault(parent, set()).add(name)
    if not accounts and not faults:
        faults.append(_fault(file, None, text, "no account at all"))
    if faults:
        raise BadInput(faults)
    return Tree(
        associations={
            name: Association(
                name=name,
                parent=there.parent,
                minutes=there.minutes,
                submit_jobs=there.submit_jobs,
                members=frozenset(members.get(name, ())),
            )
            for name, there in accounts.items()
        }
    )


def _account(name: str, parent: str, options: dict[str, str]) -> Association:
    minutes: dict[ResourceCode, int] = {}
    for tres, count in LIMIT.findall(options.get("grptresmins", "")):
        if (resource := resource_of(tres)) and int(count) < UNLIMITED:
            minutes[resource] = int(count)
    submit = options.get("grpsubmitjobs", "")
    return Association(
        name=name,
        parent=parent,
        minutes=minutes,
        submit_jobs=int(submit) if submit.isdigit() else None,
    )


def _fault(file: str, line: int | None, value: str, what: str) -> Fault:
    return Fault(file=file, line=line, value=value, what=what, remedy=REMEDY)
