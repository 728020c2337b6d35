"""Burn-downs as pictures and sentences."""

from datetime import datetime, timedelta
from typing import Any

from apportion.adapters.svg import burn_down as picture
from apportion.adapters.svg.marks import Svg
from apportion.apps.apply.queries import Project
from apportion.apps.report.queries import follow_projects
from apportion.apps.rounds.queries import Round
from apportion.apps.rounds.wording import unit_label, write_compact
from apportion.core.forecast import Forecast
from apportion.core.report import PACE_DAYS, BurnDown
from apportion.core.units import BASE_UNITS, DisplayUnit


def draw_burn(  # noqa: PLR0913  each is one fact of the picture
    burn: BurnDown,
    *,
    starts_at: datetime,
    ends_at: datetime,
    resource: str,
    unit: str,
    area: int = 0,
    wide: bool = False,
    foretold: Forecast | None = None,
) -> Svg:
    """Draws a balance over the span of its credits. What stood before the span counts as given."""
    starts_on = starts_at.date()
    left = tuple(balance for day, balance in burn.days if day >= starts_on)
    dry_on = burn.runs_dry_at.date() if burn.runs_dry_at else None
    bands = foretold.bands if foretold is not None and foretold.enough else ()
    if foretold is not None and foretold.enough:
        dry_on = foretold.likely_on
    amount = write_compact(burn.balance, unit)
    return picture.draw_burn_down(
        picture.BurnDown(
            label=f"Burn-down: {amount} {unit_label(resource, unit)} left",
            starts_on=starts_on,
            ends_on=ends_at.date(),
            granted=max(left, default=burn.balance),
            left=left,
            daily_pace=burn.spent_last_week // PACE_DAYS,
            dry_on=dry_on if burn.balance > 0 else None,
            per_display=BASE_UNITS[DisplayUnit(unit)],
            unit=unit_label(resource, unit),
            area=area,
            wide=wide,
            bands=tuple((band.on, band.low, band.middle, band.high) for band in bands),
        )
    )


def follow_spending(
    spending: Round | None,
    *,
    resource: str,
    unit: str,
    now: datetime,
    project: Project | None = None,
    foretold: Forecast | None = None,
) -> dict[str, Any]:
    """Follows what is being spent now, of one project or of all."""
    if spending is None or not resource:
        return {"spending": None}
    owner = project.slug if project else None
    ends_at = spending.credits_end_at
    burn = follow_projects(resource, now=now, ends_at=ends_at, owner=owner)
    return {
        "spending": spending,
        "burn": burn,
        "early": days_early(burn, ends_at),
        "day": (now - spending.credits_start_at).days + 1,
        "days": (ends_at - spending.credits_start_at).days,
        "burn_down": draw_burn(
            burn,
            starts_at=spending.credits_start_at,
            ends_at=ends_at,
            resource=resource,
            unit=unit,
            area=project.area.position if project else 0,
            wide=project is not None,
            foretold=foretold,
        ),
    }


def days_early(burn: BurnDown, ends_at: datetime) -> int | None:
    """Counts the whole days by which a balance runs dry before the credits end."""
    if burn.runs_dry_at is None:
        return None
    return max((ends_at - burn.runs_dry_at) // timedelta(days=1), 0)
