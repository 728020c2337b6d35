"""Reads of the prices that were set, and of the refunds they state."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

from apportion.apps.rounds.queries import rate_card
from apportion.apps.tariffs.models import TariffVersion
from apportion.core.meter.dated import Dated, DatedPrices, Refunds
from apportion.core.meter.ratecard import read_tariff
from apportion.core.meter.tariff import Prices, Tariff
from apportion.core.refusals import Code, Refusal, Refused


def prices() -> Prices:
    """Arranges all prices of the site: the rounds' rates until a rates.toml holds.

    Raises: BadInput where a stored text is not a tariff, which setting it prevents.
    """
    first, later = Tariff(card=rate_card()), dated_tariffs()
    return DatedPrices(first, later) if later else Prices(first)


def refunds(usual: Mapping[str, int]) -> Refunds:
    """Finds what is given back by how jobs end; `usual` is the site's setting.

    Raises: BadInput where a stored text is not a tariff.
    """
    return Refunds(usual=usual, later=dated_tariffs())


def dated_tariffs() -> tuple[Dated, ...]:
    """Reads every version by its day; of one day, the last that was set counts."""
    latest = {row.starts_on: row for row in versions()}
    return tuple(
        Dated(starts_on=day, tariff=tariff_of(latest[day].toml, file=f"rates {latest[day].number}"))
        for day in sorted(latest)
    )


def versions() -> list[TariffVersion]:
    """Lists what was set, oldest first."""
    return list(TariffVersion.objects.all())


def version_on(day: date) -> TariffVersion:
    """Finds the version that prices what is used on a UTC day.

    Refuses: NOT_FOUND where none holds yet.
    """
    row = version_in_force(versions(), day)
    if row is None:
        remedy = "Set one with: apportion rates set rates.toml --from DATE --as NAME"
        refusal = Refusal(code=Code.NOT_FOUND, subject=f"a tariff on {day}", remedy=remedy)
        raise Refused([refusal])
    return row


def version_in_force(rows: list[TariffVersion], day: date) -> TariffVersion | None:
    """Chooses out of all versions the one that prices what is used on a UTC day."""
    held = [row for row in rows if row.starts_on <= day]
    return max(held, key=lambda row: (row.starts_on, row.number), default=None)


@lru_cache(maxsize=32)  # texts of a page each; what comes out is never changed
def tariff_of(text: str, *, file: str) -> Tariff:
    """Reads the text of a rates.toml.

    Raises: BadInput, with every fault found.
    """
    return read_tariff(text, file=file, find_zone=ZoneInfo)
