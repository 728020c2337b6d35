"""Charges, grants and what came back, gathered as FOCUS rows."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from apportion.adapters.focus.client import Cell, write_focus
from apportion.adapters.focus.render import ADJUSTMENT, CREDIT, PURCHASE, USAGE, Site
from apportion.apps.apply.queries import projects_by_slug
from apportion.apps.ledger.movements import Movement, late_transfers, project_movements
from apportion.apps.meter.exporting import stream_charges
from apportion.apps.people.queries import Person, demand
from apportion.apps.rounds.queries import RateCard, list_rounds, rate_card, resource_units
from apportion.core.ledger import TransferCode
from apportion.core.units import BASE_UNITS

Row = tuple[Cell, ...]
RETURNS = frozenset({TransferCode.REFUND, TransferCode.PAYBACK})


def export_costs(*, out: Path, site: Site, by: Person) -> int:
    """Writes all charges and movements to a file, CSV or Parquet, and counts the rows.

    Refuses: NOT_ALLOWED. Raises: BadInput.
    """
    demand(by, "export.write")
    card = rate_card()
    moved = (_row(one, card) for one in project_movements())
    tables = {
        "raw": chain(stream_charges(USAGE), moved),
        "late": ((one,) for one in late_transfers()),
        "projects": ((row.slug, row.title, row.area.slug) for row in projects_by_slug().values()),
        "rounds": _rounds(),
        "rates": (
            (rate.resource, int(rate.starts_at.timestamp()), rate.microcredits_per_unit)
            for rate in card.rates
        ),
        "units": ((code, unit.value, BASE_UNITS[unit]) for code, unit in resource_units().items()),
    }
    return write_focus(out, tables, site=site)


def _rounds() -> Iterator[Row]:
    for row in list_rounds():
        opens, closes = row.credits_start_at, row.credits_end_at
        yield row.slug, row.name, int(opens.timestamp()), int(closes.timestamp())


def _row(one: Movement, card: RateCard) -> Row:
    """Tells a movement: what comes in besides a grant lowers the cost, what goes out raises it."""
    at = int(one.at.timestamp())
    worth = card.price(one.resource, abs(one.amount), one.at)
    category = _category(one)
    sign = 1 if category == PURCHASE or one.amount < 0 else -1
    way = "in" if one.amount > 0 else "out"
    told = f"{one.code.value} {way}" if category == ADJUSTMENT else one.code.value
    return (
        category,
        f"{one.id}{'-out' if one.amount < 0 else ''}",
        one.project,
        None,
        None,
        None,
        None,
        told,
        one.resource,
        0,
        at,
        at + 1,  # an instant; the end of a period is exclusive
        sign * abs(one.amount),
        0,
        sign * worth,
        None,
    )


def _category(one: Movement) -> str:
    if one.amount > 0 and one.code is TransferCode.GRANT:
        return PURCHASE
    return CREDIT if one.amount > 0 and one.code in RETURNS else ADJUSTMENT
