"""What Kueue should hold: quotas in proportion to grants, and a stop where the budget is gone.

Kueue counts what runs at once and knows no budget of GPU-hours. So a project's queue gets a share
of the cluster in proportion to what the project was given, may borrow what others leave idle, and
is stopped when what it was given is used up.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from apportion.core.ids import ProjectId, ResourceCode

NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
LONGEST_NAME = 63  # a queue's name is also the value of a label
HUNDRED = 100


class Kind(StrEnum):
    """The kinds of Kueue's objects that the office writes, in the order in which they are."""

    COHORT = "Cohort"
    CLUSTER_QUEUE = "ClusterQueue"
    LOCAL_QUEUE = "LocalQueue"


class Stop(StrEnum):
    """Kueue's stop policies."""

    NONE = "None"
    HOLD = "Hold"
    DRAIN = "HoldAndDrain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flavor:
    """One kind of node. Units: `units` of the resource that the cluster has of it."""

    name: str
    resource: ResourceCode
    kube_resource: str
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """How a cluster is laid out and how the site wants budgets enforced.

    Shape: `namespace` holds `{project}`, which stands for the queue's name. `max_share_percent`
        is the most of a flavor that one project may hold at once, borrowed units included.
    """

    cluster: str
    cohort: str
    flavors: tuple[Flavor, ...]
    namespace: str = "{project}"
    when_empty: Stop = Stop.HOLD
    max_share_percent: int = HUNDRED


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a project was given, and what is left after all use that is known.

    Units: unit-seconds per resource; `left` below zero is use beyond the budget.
    """

    project: ProjectId
    area: str
    given: Mapping[ResourceCode, int]
    left: Mapping[ResourceCode, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One object as it should stand.

    Shape: `fields` are those that the office owns, as text: `cohort`, `parent`, `queue`, `stop`,
        `namespace` (the only one whose jobs the queue takes) and `quota FLAVOR RESOURCE` as
        `nominal+borrowing`.
    """

    kind: Kind
    name: str
    namespace: str = ""
    project: ProjectId | None = None
    fields: Mapping[str, str]
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desired:
    """All objects that should stand, and the projects for which none can."""

    wanted: tuple[Wanted, ...]
    unnameable: tuple[ProjectId, ...]  # Kubernetes takes no such name
    ambiguous: tuple[ProjectId, ...]  # their names are one name in lower case


def desired_queues(budgets: Sequence[Budget], *, site: Site) -> Desired:
    """Gives every project a queue in its area's cohort, with its share of each flavor.

    A flavor is shared out whole among the projects that have something left on it, in proportion
    to what they were given; an area's cohort has nothing of its own, and lies in the site's.
    """
    named = Counter(queue_name(one.project) for one in budgets)
    unnameable = tuple(b.project for b in budgets if not is_queue_name(queue_name(b.project)))
    ambiguous = tuple(b.project for b in budgets if named[queue_name(b.project)] > 1)
    left_out = {*unnameable, *ambiguous}
    served = sorted((b for b in budgets if b.project not in left_out), key=lambda b: b.project)
    shares = {flavor.name: _share_out(flavor, served) for flavor in site.flavors}
    areas = sorted({_cohort(site, one.area) for one in served})
    cohorts = [
        Wanted(kind=Kind.COHORT, name=name, fields={"parent": site.cohort}, why="an area's queues")
        for name in areas
    ]
    top = Wanted(kind=Kind.COHORT, name=site.cohort, fields={"parent": ""}, why="the whole site")
    queues = [_queue(one, site, shares) for one in served]
    doors = [_door(one, site) for one in served]
    return Desired(
        wanted=(*((top,) if served else ()), *cohorts, *queues, *doors),
        unnameable=unnameable,
        ambiguous=ambiguous,
    )


def queue_name(project: ProjectId) -> str:
    """Names a project's queues: Kubernetes takes lower case only."""
    return project.lower()


def is_queue_name(name: str) -> bool:
    """Says whether Kubernetes takes the name."""
    return len(name) <= LONGEST_NAME and NAME.fullmatch(name) is not None


def is_empty(budget: Budget, resource: ResourceCode) -> bool:
    """Says whether nothing is left of a resource, or nothing was ever given."""
    return budget.left.get(resource, 0) <= 0


def _share_out(flavor: Flavor, budgets: Sequence[Budget]) -> dict[ProjectId, int]:
    """Shares whole units out by largest remainders; ties go to the first name."""
    given = {
        b.project: b.given.get(flavor.resource, 0)
        for b in budgets
        if not is_empty(b, flavor.resource) and b.given.get(flavor.resource, 0) > 0
    }
    whole = sum(given.values())
    if not whole:
        return {}
    shares = {project: flavor.units * part // whole for project, part in given.items()}
    by_rest = sorted(given, key=lambda p: (-(flavor.units * given[p] % whole), p))
    for project in by_rest[: flavor.units - sum(shares.values())]:
        shares[project] += 1
    return shares


def _queue(budget: Budget, site: Site, shares: Mapping[str, Mapping[ProjectId, int]]) -> Wanted:
    resources = sorted({flavor.resource for flavor in site.flavors})
    spent = [code for code in resources if is_empty(budget, code)]
    fields = {"cohort": _cohort(site, budget.area), "namespace": _namespace(budget, site)}
    for flavor in site.flavors:
        nominal = shares[flavor.name].get(budget.project, 0)
        most = flavor.units * site.max_share_percent // HUNDRED
        borrowing = 0 if flavor.resource in spent else max(0, most - nominal)
        fields[f"quota {flavor.name} {flavor.kube_resource}"] = f"{nominal}+{borrowing}"
    stop = site.when_empty if len(spent) == len(resources) else Stop.NONE
    fields["stop"] = stop.value
    return Wanted(
        kind=Kind.CLUSTER_QUEUE,
        name=queue_name(budget.project),
        project=budget.project,
        fields=fields,
        why=f"nothing is left of {', '.join(spent)}" if spent else "something is left",
    )


def _door(budget: Budget, site: Site) -> Wanted:
    name = queue_name(budget.project)
    return Wanted(
        kind=Kind.LOCAL_QUEUE,
        name=name,
        namespace=_namespace(budget, site),
        project=budget.project,
        fields={"queue": name},
        why="where the project's jobs are handed in",
    )


def _namespace(budget: Budget, site: Site) -> str:
    return site.namespace.replace("{project}", queue_name(budget.project))


def _cohort(site: Site, area: str) -> str:
    return f"{site.cohort}-{area.lower()}"
