"""From what should hold and what does to the steps that mend the difference."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from apportion.core.enforce.desired import ProjectLimit
from apportion.core.ids import ProjectId, ResourceCode

Actual = Mapping[str, Mapping[ResourceCode, int]]  # minutes per resource of each association


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Sets the limits of one association. Units: minutes per resource."""

    project: ProjectId
    association: str
    minutes: Mapping[ResourceCode, int]
    generation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One limit that does not hold as it should. Units: minutes; None is no limit at all."""

    project: ProjectId
    resource: ResourceCode
    desired: int
    actual: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What differs and what would mend it; nothing differs where `matches`."""

    steps: tuple[Step, ...]
    drifts: tuple[Drift, ...]
    absent: tuple[ProjectId, ...]  # the scheduler knows no association for them
    ambiguous: tuple[ProjectId, ...]  # their names differ in case only, which Slurm does not see

    @property
    def matches(self) -> bool:
        """Says whether the scheduler allows exactly what the ledger holds."""
        return not (self.drifts or self.absent or self.ambiguous)


def plan_limits(*, desired: Sequence[ProjectLimit], actual: Actual, generation: int) -> Plan:
    """Compares limit by limit and gives one step for each association that differs.

    Limits on resources that the ledger does not name are the operator's own and stay.
    """
    ambiguous = _ambiguous(desired)
    steps: list[Step] = []
    drifts: list[Drift] = []
    absent: list[ProjectId] = []
    for limit in desired:
        name = association_of(limit.project)
        if limit.project in ambiguous:
            continue
        if name not in actual:
            absent.append(limit.project)
            continue
        differing = _differing(limit, actual[name])
        drifts.extend(differing)
        if differing:
            wanted = {drift.resource: drift.desired for drift in differing}
            steps.append(
                Step(project=limit.project, association=name, minutes=wanted, generation=generation)
            )
    return Plan(
        steps=tuple(steps),
        drifts=tuple(drifts),
        absent=tuple(absent),
        ambiguous=tuple(limit.project for limit in desired if limit.project in ambiguous),
    )


def association_of(project: ProjectId) -> str:
    """Names a project's association: Slurm keeps account names in lower case."""
    return project.lower()


def _differing(limit: ProjectLimit, holds: Mapping[ResourceCode, int]) -> tuple[Drift, ...]:
    return tuple(
        Drift(
            project=limit.project,
            resource=resource,
            desired=minutes,
            actual=holds.get(resource),
        )
        for resource, minutes in limit.minutes.items()
        if holds.get(resource) != minutes
    )


def _ambiguous(desired: Sequence[ProjectLimit]) -> frozenset[ProjectId]:
    named: dict[str, list[ProjectId]] = {}
    for limit in desired:
        named.setdefault(association_of(limit.project), []).append(limit.project)
    return frozenset(project for same in named.values() if len(same) > 1 for project in same)
