"""Standing of projects and areas, burn-down, and the shares of the public record."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time

from apportion.apps.apply.queries import projects_by_slug
from apportion.apps.decide.queries import granted
from apportion.apps.evidence.queries import Experiment
from apportion.apps.ledger.queries import daily_net
from apportion.apps.meter.queries import Use, use_of_jobs, use_rows
from apportion.apps.rounds.queries import Round
from apportion.core.evidence.claim import Run
from apportion.core.ids import ResourceCode
from apportion.core.ledger import Kind
from apportion.core.report import BurnDown, Movement, Standing, burn_down
from apportion.core.windows import Window


def standing_of_projects(row: Round, resource: str) -> list[Standing]:
    """Tells of each project in a round what it asked, was awarded and used of a resource in its period.

    Units: base units.
    """
    asked: dict[str, int] = {}
    awarded: dict[str, int] = {}
    for award in granted(row):
        if award.resource == resource:
            asked[award.project] = asked.get(award.project, 0) + award.asked
            awarded[award.project] = awarded.get(award.project, 0) + award.awarded
    window = Window(starts_at=row.credits_start_at, ends_at=row.credits_end_at)
    used = {use.project: use for use in use_rows(window=window) if use.resource == resource}
    return [_standing(slug, asked[slug], awarded[slug], used.get(slug)) for slug in sorted(asked)]


def standing_of_areas(row: Round, resource: str) -> list[Standing]:
    """Sums the standing of a round's projects over their areas, in the areas' fixed order."""
    projects = projects_by_slug()
    by_area: dict[str, list[Standing]] = {}
    for standing in standing_of_projects(row, resource):
        by_area.setdefault(projects[standing.name].area.slug, []).append(standing)
    return [_sum_up(area, rows) for area, rows in sorted(by_area.items())]


def _standing(slug: str, asked: int, awarded: int, use: Use | None) -> Standing:
    return Standing(
        name=slug,
        asked=asked,
        awarded=awarded,
        used=use.unit_seconds if use else 0,
        overrun=use.overrun_seconds if use else 0,
        ran_dry_at=use.ran_dry_at if use else None,
    )


def _sum_up(name: str, rows: list[Standing]) -> Standing:
    dry = [row.ran_dry_at for row in rows if row.ran_dry_at is not None]
    return Standing(
        name=name,
        asked=sum(row.asked for row in rows),
        awarded=sum(row.awarded for row in rows),
        used=sum(row.used for row in rows),
        overrun=sum(row.overrun for row in rows),
        ran_dry_at=min(dry, default=None),
    )


def follow_projects(
    resource: str, *, now: datetime, ends_at: datetime, owner: str | None = None
) -> BurnDown:
    """Follows what one project, or all of them together, still have of a resource.

    One statement whatever the number of projects and jobs.
    """
    days = daily_net(kind=Kind.PROJECT, unit=resource, owner=owner)
    movements = [
        Movement(at=datetime.combine(day, time.min, UTC), amount=amount)
        for day, codes in days.items()
        for amount in codes.values()
    ]
    return burn_down(movements, now=now, ends_at=ends_at)


def meter_runs(row: Experiment, runs: Sequence[Run]) -> tuple[tuple[Run, ...], dict[str, int]]:
    """Gives runs with what the meter says their jobs used, and each job's cost in microcredits.

    A job that is not charged to the experiment's project used nothing that is known; one that was
    submitted before the registration does not count as registered.
    """
    registered_at = row.registered_at.replace(microsecond=0)  # accounting knows whole seconds
    used = use_of_jobs(row.project.slug, (run.job for run in runs))
    metered = tuple(
        replace(
            run,
            used={ResourceCode(code): amount for code, amount in used[run.job].used.items()},
            registered=used[run.job].submitted_at >= registered_at,
        )
        if run.job in used
        else replace(run, used=None, registered=False)
        for run in runs
    )
    return metered, {job: use.microcredits for job, use in used.items()}
