"""What a directive is previewed against: the policy, what projects hold, and what else holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from apportion.core.ids import AreaId, ProjectId, ResourceCode
from apportion.core.policy import Policy
from apportion.core.windows import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """What a project has of one resource in the round whose credits are being spent.

    `pending` is awarded and not yet in its account. Units: base units.
    """

    project: ProjectId
    area: AreaId
    resource: ResourceCode
    minimum: int
    awarded: int
    pending: int
    used: int
    available: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A directive that holds, or will: others may not overlap it."""

    ref: str
    window: Window


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a preview depends on. Units: base units."""

    policy: Policy
    credits: Window
    holders: tuple[Holder, ...]
    projects: Mapping[ProjectId, AreaId]
    standing: tuple[Standing, ...] = ()
    closed_before: datetime | None = None
