"""What a scheduler holds: its accounts with members, limits and counters, as it told them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from apportion.core.ids import ResourceCode

Minutes = Mapping[ResourceCode, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Association:
    """One account of a cluster. Units: minutes of one unit; a limit that is not there is none."""

    name: str
    parent: str = ""
    minutes: Minutes = field(default_factory=dict)
    used: Minutes = field(default_factory=dict)
    running: int = 0  # jobs
    submit_jobs: int | None = None  # how many jobs may wait and run; None is no limit
    members: frozenset[str] = frozenset()
    caps: Mapping[str, Minutes] = field(default_factory=dict)  # limits of members
    ghosts: frozenset[str] = frozenset()  # members without a Unix account where slurmctld runs
    qos: frozenset[str] = frozenset()
    default_qos: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Qos:
    """One quality of service. Units: minutes of one unit."""

    name: str
    minutes: Minutes = field(default_factory=dict)
    used: Minutes = field(default_factory=dict)
    running: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """Everything that enforcing needs to know of one cluster, by name."""

    associations: Mapping[str, Association]
    qos: Mapping[str, Qos] = field(default_factory=dict)
