"""Whether a cluster can be trusted with limits, read off its configuration before any order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from apportion.core.enforce.plan import PREFIX, Means, Site
from apportion.core.ids import ResourceCode

NEVER = ("", "0", "00:00:00", "NONE")
COUNTED = ("gres/gpu", "cpu")
LATE_MINUTES = 5  # counters of running jobs that are older than this say too little


class Level(StrEnum):
    """What a check came to."""

    OK = "ok"
    WARN = "warning"
    REFUSE = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class QosSetup:
    """A QOS as the operator made it. Shape: minutes and usage_factor as Slurm writes them."""

    name: str
    flags: frozenset[str] = frozenset()
    minutes: str = ""
    usage_factor: str = "1.000000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What Slurm says of its configuration, by Slurm's own names."""

    config: Mapping[str, str]
    qos: Sequence[QosSetup] = ()
    partitions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing looked at, with what would mend it where it is not well."""

    level: Level
    subject: str
    what: str
    mend: str = ""


def preflight(setup: Setup, *, site: Site, resources: Sequence[ResourceCode]) -> tuple[Check, ...]:
    """Looks at everything that would make a limit mean something else than it says."""
    return (
        *_enforcement(setup.config),
        *_counters(setup.config, site),
        *_resources(setup.config, resources),
        *_other_qos(setup, site),
        *_weights(setup),
    )


def refusals_of(checks: Sequence[Check]) -> tuple[Check, ...]:
    """Picks what must be mended before limits may be ordered."""
    return tuple(check for check in checks if check.level is Level.REFUSE)


def _enforcement(config: Mapping[str, str]) -> Iterator[Check]:
    name = "AccountingStorageEnforce"
    has = [part for part in config.get(name, "").split(",") if part and part != "none"]
    for needed, without in (
        ("limits", "no limit is enforced at all"),
        ("safe", "jobs start that the limit cannot pay for, and are killed half-way"),
    ):
        if needed in has:
            yield Check(level=Level.OK, subject=name, what=f"has {needed}")
        else:
            mended = ",".join([*has, needed])
            yield Check(
                level=Level.REFUSE,
                subject=name,
                what=f"lacks {needed}: {without}",
                mend=f"Set {name}={mended} in slurm.conf and restart slurmctld.",
            )
    if "qos" not in has:
        yield Check(
            level=Level.WARN,
            subject=name,
            what="lacks qos: jobs may name a QOS that their account was not given",
            mend=f"Add qos to {name} in slurm.conf and restart slurmctld.",
        )


def _counters(config: Mapping[str, str], site: Site) -> Iterator[Check]:
    name = "PriorityDecayHalfLife"
    life = config.get(name, "")
    if life in NEVER:
        yield Check(level=Level.OK, subject=name, what="counters do not decay")
    elif site.means is Means.QOS:
        what = f"{life}: counters of accounts decay; limits stand on QOS that do not"
        yield Check(level=Level.OK, subject=name, what=what)
    else:
        yield Check(
            level=Level.REFUSE,
            subject=name,
            what=f"{life}: counters decay, so that spent credits grow back",
            mend="Set APPORTION_LIMITS_BY=qos, or set it to 0 where nobody needs fair share.",
        )
    name = "PriorityUsageResetPeriod"
    period = config.get(name, "")
    if period in NEVER:
        yield Check(level=Level.OK, subject=name, what="counters are not reset")
    else:
        yield Check(
            level=Level.REFUSE,
            subject=name,
            what=f"{period}: every counter falls to zero, also of QOS that do not decay",
            mend=f"Set {name}=NONE in slurm.conf and run: scontrol reconfigure",
        )
    yield from _calculation(config)


def _calculation(config: Mapping[str, str]) -> Iterator[Check]:
    name = "PriorityCalcPeriod"
    parts = config.get(name, "").split(":")
    if all(part.isdigit() for part in parts) and parts != [""]:
        seconds = sum(int(part) * 60**place for place, part in enumerate(reversed(parts)))
        if seconds > LATE_MINUTES * 60:
            what = f"{config[name]}: counters of running jobs are that old"
            mend = f"Set {name}=1 in slurm.conf and run: scontrol reconfigure"
            yield Check(level=Level.WARN, subject=name, what=what, mend=mend)


def _resources(config: Mapping[str, str], resources: Sequence[ResourceCode]) -> Iterator[Check]:
    name = "AccountingStorageTRES"
    counted = set(config.get(name, "").split(","))
    for code in resources:
        tres = code if code == "cpu" else f"gres/{code}"
        if tres in counted:
            yield Check(level=Level.OK, subject=name, what=f"counts {tres}")
        else:
            yield Check(
                level=Level.REFUSE,
                subject=name,
                what=f"does not count {tres}, so no limit on it can be ordered",
                mend=f"Add {tres} to {name} in slurm.conf and restart slurmctld.",
            )


def _other_qos(setup: Setup, site: Site) -> Iterator[Check]:
    """A QOS with a limit of its own silently disables the limit of an account on the same."""
    of_partitions = {fields["QoS"]: name for name, fields in setup.partitions.items()}
    for qos in setup.qos:
        if qos.name.startswith(PREFIX):
            yield from _own_qos(qos)
            continue
        if any(name in qos.minutes for name in COUNTED):
            where = f" of partition {of_partitions[qos.name]}" if qos.name in of_partitions else ""
            freed = ",".join(f"{part.partition('=')[0]}=-1" for part in qos.minutes.split(","))
            yield Check(
                level=Level.REFUSE,
                subject=f"QOS {qos.name}{where}",
                what=f"has GrpTRESMins={qos.minutes}: it disables the limit of every account"
                " whose jobs use it",
                mend=f"sacctmgr -i modify qos {qos.name} set GrpTRESMins={freed}",
            )
        if qos.name == site.victims and float(qos.usage_factor or 1) != 1:
            yield Check(
                level=Level.WARN,
                subject=f"QOS {qos.name}",
                what=f"counts usage {float(qos.usage_factor):g} times; the office counts it once",
                mend=f"sacctmgr -i modify qos {qos.name} set UsageFactor=1",
            )


def _own_qos(qos: QosSetup) -> Iterator[Check]:
    if "NoDecay" not in qos.flags:
        yield Check(
            level=Level.REFUSE,
            subject=f"QOS {qos.name}",
            what="lacks NoDecay, so that spent credits grow back",
            mend=f"sacctmgr -i modify qos {qos.name} set flags+=NoDecay",
        )


def _weights(setup: Setup) -> Iterator[Check]:
    for name, fields in setup.partitions.items():
        if weights := fields.get("TRESBillingWeights"):
            what = f"bills {weights}; the office limits minutes of units and not billing"
            mend = "Keep it for fair share; it does not change what limits allow."
            yield Check(level=Level.WARN, subject=f"partition {name}", what=what, mend=mend)
