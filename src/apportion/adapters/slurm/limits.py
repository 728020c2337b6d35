"""Slurm's answer about limits: the text of `sacctmgr -nP show assoc`, per account."""

from apportion.core.faults import BadInput, Fault
from apportion.core.ids import ResourceCode

COLUMNS = ("Account", "User", "GrpTRESMins")
REMEDY = "Check that sacctmgr was asked by this version of the office"


def parse_limits(text: str, *, file: str = "sacctmgr") -> dict[str, dict[ResourceCode, int]]:
    """Reads the limits of every account that has an association, also where it has none.

    Units: minutes of one unit, per resource.
    Shape: lines of COLUMNS with `|` between; those with a user are that user's own and skipped.
    Raises: BadInput with every line that cannot be read.
    """
    found: dict[str, dict[ResourceCode, int]] = {}
    faults: list[Fault] = []
    for number, line in enumerate(text.splitlines(), start=1):
        parts = line.split("|")
        if not line.strip():
            continue
        if len(parts) != len(COLUMNS):
            faults.append(_fault(file, number, line, f"not {len(COLUMNS)} fields"))
            continue
        account, user, limits = parts
        try:
            if not user:
                found[account] = _minutes(limits)
        except ValueError:
            faults.append(_fault(file, number, limits, "not a list of NAME=MINUTES"))
    if faults:
        raise BadInput(faults)
    return found


def _minutes(text: str) -> dict[ResourceCode, int]:
    minutes: dict[ResourceCode, int] = {}
    for part in filter(None, text.split(",")):
        name, equals, count = part.partition("=")
        if not equals:
            raise ValueError(part)
        minutes_allowed = int(count)
        if resource := _resource(name):
            minutes[resource] = minutes_allowed
    return minutes


def _resource(name: str) -> ResourceCode | None:
    """Names what we meter; limits on memory, licences and the like are the operator's own."""
    kind = name.removeprefix("gres/")
    return ResourceCode(kind) if kind == "cpu" or name.startswith("gres/gpu") else None


def _fault(file: str, line: int, value: str, what: str) -> Fault:
    return Fault(file=file, line=line, value=value, what=what, remedy=REMEDY)
