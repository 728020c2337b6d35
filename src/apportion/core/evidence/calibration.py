"""How good estimates were: what was estimated against what was spent, claimed against found."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from apportion.core.evidence.stages import ENDS, Stage

CONCLUSIVE = (Stage.VALIDATED, Stage.REFUTED)
ENOUGH_POWER = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One experiment that was awarded credits.

    Units: estimated and spent in microcredits; claimed and found in the metric's units.
    """

    experiment: str
    project: str
    stage: Stage
    power: float | None  # of the award, when it was adopted
    estimated: int
    spent: int
    claimed: float
    found: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRecord:
    """How a project's estimates turned out; ratios are None where nothing can be compared yet."""

    project: str
    awarded: int
    ended: int
    conclusive: int
    spent_of_estimated: float | None  # median over ended experiments
    found_of_claimed: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeRecord:
    """Of awards called sufficient at 80 %, how many ended conclusive.

    Whether an effect is real the office learns from its runs alone, so real are counted those
    whose last look saw at least the declared effect.
    """

    sufficient: int
    ended: int
    conclusive: int
    real: int
    real_conclusive: int


def team_records(outcomes: Iterable[Outcome]) -> tuple[TeamRecord, ...]:
    """Sums outcomes up by project, in order of their names."""
    by_project: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        by_project.setdefault(outcome.project, []).append(outcome)
    return tuple(_team(project, by_project[project]) for project in sorted(by_project))


def office_record(outcomes: Sequence[Outcome]) -> OfficeRecord:
    """Counts how the awards that were called sufficient ended."""
    called = [one for one in outcomes if one.power is not None and one.power >= ENOUGH_POWER]
    ended = [one for one in called if one.stage in ENDS]
    real = [one for one in ended if one.found is not None and one.found >= one.claimed]
    return OfficeRecord(
        sufficient=len(called),
        ended=len(ended),
        conclusive=sum(one.stage in CONCLUSIVE for one in ended),
        real=len(real),
        real_conclusive=sum(one.stage in CONCLUSIVE for one in real),
    )


def _team(project: str, mine: Sequence[Outcome]) -> TeamRecord:
    ended = [one for one in mine if one.stage in ENDS]
    spent = [one.spent / one.estimated for one in ended if one.estimated]
    found = [one.found / one.claimed for one in ended if one.found is not None and one.claimed]
    return TeamRecord(
        project=project,
        awarded=len(mine),
        ended=len(ended),
        conclusive=sum(one.stage in CONCLUSIVE for one in ended),
        spent_of_estimated=median(spent) if spent else None,
        found_of_claimed=median(found) if found else None,
    )
