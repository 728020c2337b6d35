"""Burn-downs as pictures and sentences."""

from datetime import datetime, timedelta

from apportion.adapters.svg import burn_down as picture
from apportion.adapters.svg.marks import Svg
from apportion.apps.rounds.wording import unit_label, write_compact
from apportion.core.report import PACE_DAYS, BurnDown
from apportion.core.units import BASE_UNITS, DisplayUnit


def draw_burn(
    burn: BurnDown,
    *,
    starts_at: datetime,
    ends_at: datetime,
    resource: str,
    unit: str,
    area: int = 0,
    wide: bool = False,
) -> Svg:
    """Draws a balance over the span of its credits. What stood before the span counts as given."""
    starts_on = starts_at.date()
    left = tuple(balance for day, balance in burn.days if day >= starts_on)
    dry_on = burn.runs_dry_at.date() if burn.runs_dry_at else None
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
        )
    )


def days_early(burn: BurnDown, ends_at: datetime) -> int | None:
    """Counts the whole days by which a balance runs dry before the credits end."""
    if burn.runs_dry_at is None:
        return None
    return max((ends_at - burn.runs_dry_at) // timedelta(days=1), 0)
