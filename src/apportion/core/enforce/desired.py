"""What the scheduler should allow: the credits of each project, in the scheduler's whole minutes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from apportion.core.ids import ProjectId, ResourceCode
from apportion.core.units import DisplayUnit, Resource

SECONDS_PER_MINUTE = 60
SCHEDULED = ("cpu", "gpu")  # kinds that a scheduler counts; staff and storage are not its business


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """What went into a project's account, or, negative, came out of it for other than usage.

    Units: unit-seconds.
    """

    project: ProjectId
    resource: ResourceCode
    unit_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectLimit:
    """What one project may use in all, counted from when the scheduler last began at zero.

    `hold` and `boost` say why no job may be submitted and why its jobs go first; empty is no.
    Units: minutes of one unit, per resource; whole, as the scheduler counts.
    Shape: `caps` are what each member may use of it; None is no cap where there was one.
    """

    project: ProjectId
    minutes: Mapping[ResourceCode, int]
    members: tuple[str, ...] = ()
    caps: Mapping[str, Mapping[ResourceCode, int | None]] = field(default_factory=dict)
    hold: str = ""
    held: bool = False  # the office stopped submissions before, and may open them again
    boost: str = ""


def desired_limits(given: Iterable[Credit]) -> tuple[ProjectLimit, ...]:
    """Adds up what each project was given, sorted by project and resource.

    A limit is what was granted in all and not what is left: the scheduler subtracts usage by
    itself, so sending the same limit again changes nothing. Part of a minute is rounded down,
    so that no scheduler ever allows more than the ledger holds.
    """
    seconds: dict[ProjectId, dict[ResourceCode, int]] = {}
    for credit in given:
        of_project = seconds.setdefault(credit.project, {})
        before = of_project.get(credit.resource, 0)
        of_project[credit.resource] = before + credit.unit_seconds
    return tuple(
        ProjectLimit(
            project=project,
            minutes={
                resource: max(0, total) // SECONDS_PER_MINUTE
                for resource, total in sorted(of_project.items())
            },
        )
        for project, of_project in sorted(seconds.items())
    )


def desired_caps(
    seconds: Mapping[str, Mapping[str, int | None]], *, resources: Iterable[ResourceCode]
) -> dict[str, dict[ResourceCode, int | None]]:
    """Gives the caps of a project's members in the scheduler's minutes, rounded down like limits.

    Units: unit-seconds in, minutes out.
    """
    known = set(resources)
    return {
        member: {
            ResourceCode(code): None if amount is None else amount // SECONDS_PER_MINUTE
            for code, amount in sorted(of_member.items())
            if code in known
        }
        for member, of_member in sorted(seconds.items())
    }


def rebase(limit: ProjectLimit, lost: Mapping[ResourceCode, int]) -> ProjectLimit:
    """Takes off what the scheduler's counter no longer remembers, so that nobody spends it twice.

    Units: minutes.
    """
    minutes = {code: max(0, count - lost.get(code, 0)) for code, count in limit.minutes.items()}
    return replace(limit, minutes=minutes)


def is_scheduled(resource: Resource) -> bool:
    """Says whether a scheduler can hold a limit on the resource."""
    kind = resource.code.partition(":")[0]
    return resource.unit is DisplayUnit.HOUR and kind in SCHEDULED
