"""The two-handled sliders of a request: where they end, what others asked below them, what it costs."""

from datetime import datetime
from typing import Any

from apportion.adapters.svg.histogram import draw_histogram
from apportion.apps.apply.forms import RequestForm
from apportion.apps.apply.queries import area_asks
from apportion.apps.rounds.queries import rate_card
from apportion.core.policy import Policy
from apportion.core.units import BASE_UNITS, MICROCREDITS_PER_CREDIT

STEPS = 200
FEWEST_OF_AREA = 8  # fewer would show who asked for what


def lay_out(form: RequestForm, policy: Policy, row: Any, *, now: datetime) -> list[dict[str, Any]]:
    """Lays out each resource: its fields, what others asked, and its price today.

    The bars are of the request's own area once enough others of it asked, and else of all.
    """
    asked, rates = area_asks(row.round, but=row), rate_card()
    sliders = []
    for pair, code in zip(form.amounts(), policy.pool, strict=True):
        unit = policy.resources[code].unit
        per = BASE_UNITS[unit]
        everybody = sorted(ask for asks in asked.get(code, {}).values() for ask in asks)
        near = sorted(asked.get(code, {}).get(row.project.area.slug, ()))
        others = tuple(near if len(near) >= FEWEST_OF_AREA else everybody)
        top = _top(others, policy.awardable(code), per)
        rate = rates.at(code, now)
        sliders.append(
            {
                "fields": pair,
                "others": len(others),
                "of_area": len(near) >= FEWEST_OF_AREA,
                "histogram": draw_histogram(amounts=others, top=top * per),
                "top": top,
                "step": max(top // STEPS, 1),
                "ends": [f"{top * part // 4:,}" for part in range(5)],
                "rate": rate.microcredits_per_unit / MICROCREDITS_PER_CREDIT if rate else None,
            }
        )
    return sliders


def _top(others: tuple[int, ...], awardable: int, per: int) -> int:
    """Ends the slider a little beyond what nearly all asked, at two round digits."""
    reach = others[(len(others) - 1) * 19 // 20] * 5 // 4 if others else awardable // 4
    top = max(min(reach, awardable) // per, 4)
    size = int(10 ** max(len(str(top)) - 2, 0))
    return -(-top // size) * size
