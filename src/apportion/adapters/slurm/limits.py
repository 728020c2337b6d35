"""Slurm's names of what is limited, and the QOS of accounts as sacctmgr tells them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from apportion.core.enforce.tree import Tree
from apportion.core.faults import BadInput, Fault
from apportion.core.ids import ResourceCode

COLUMNS = ("Account", "QOS", "DefaultQOS")
UNLIMITED = 2**63  # what Slurm keeps where somebody ordered less than nothing
REMEDY = "Check that sacctmgr was asked by this version of the office"


def resource_of(name: str) -> ResourceCode | None:
    """Names what we meter; limits on memory, licences and the like are the operator's own."""
    kind = name.removeprefix("gres/")
    return ResourceCode(kind) if kind == "cpu" or name.startswith("gres/gpu") else None


def tres_of(resource: ResourceCode) -> str:
    """Names a resource as Slurm does: `gpu:h100` is its `gres/gpu:h100`."""
    return resource if resource == "cpu" else f"gres/{resource}"


def render_tres(minutes: Mapping[ResourceCode, int]) -> str:
    """Writes limits in Slurm's names.

    Raises: ValueError where one is negative, which Slurm would take for no limit at all.
    """
    if any(count < 0 for count in minutes.values()):
        raise ValueError(f"a limit below zero: {dict(minutes)}")
    return ",".join(f"{tres_of(resource)}={count:d}" for resource, count in sorted(minutes.items()))


def render_no_tres(resources: Iterable[ResourceCode]) -> str:
    """Writes that resources have no limit, as Slurm does: -1."""
    return ",".join(f"{tres_of(resource)}=-1" for resource in sorted(resources))


def with_qos(tree: Tree, text: str) -> Tree:
    """Adds to each account the QOS that its jobs may use.

    Shape: lines of COLUMNS with `|` between.
    Raises: BadInput with every line that cannot be read.
    """
    associations = dict(tree.associations)
    faults: list[Fault] = []
    for number, line in enumerate(text.splitlines(), start=1):
        parts = line.split("|")
        if len(parts) < len(COLUMNS):
            what = f"not {len(COLUMNS)} fields"
            faults.append(Fault(file="sacctmgr", line=number, value=line, what=what, remedy=REMEDY))
            continue
        account = "|".join(parts[:-2])
        if account in associations:
            names = frozenset(filter(None, parts[-2].split(",")))
            associations[account] = replace(associations[account], qos=names, default_qos=parts[-1])
    if faults:
        raise BadInput(faults)
    return replace(tree, associations=associations)
