"""The tables of prices as files."""

from datetime import UTC

from apportion.apps.people.gates import Visit
from apportion.apps.people.tables import Rows, file_route, listing_route
from apportion.apps.tariffs import commands
from apportion.apps.tariffs.queries import tariff_of, version_in_force
from apportion.apps.tariffs.queries import versions as all_versions
from apportion.apps.tariffs.wording import price_rows, refund_rows
from apportion.core.meter.tariff import Tariff

PRICES = ("resource", "name", "when", "credits", "unit")
REFUNDS = ("state", "given_back")


def _held(visit: Visit) -> Tariff | None:
    row = version_in_force(all_versions(), visit.now.astimezone(UTC).date())
    return tariff_of(row.toml, file=f"rates {row.number}") if row else None


def _prices(visit: Visit) -> Rows:
    tariff = _held(visit)
    return price_rows(tariff, visit.now) if tariff else []


def _refunds(visit: Visit) -> Rows:
    tariff = _held(visit)
    told = refund_rows(tariff) if tariff else []
    return [{"state": state, "given_back": share} for state, share in told]


prices = file_route("rates.see", "prices", PRICES, _prices)
refunds = file_route("rates.see", "refunds", REFUNDS, _refunds)
versions = listing_route("rates.see", "versions", commands.list_rates)
