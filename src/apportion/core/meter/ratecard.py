"""rates.toml: the rate card as a file, with every fault of it at once.

schema = "apportion.rates/1"
[[rates]]
resource = "gpu:h100"
unit = "hour"                    # hour (default), week or item
credits = "2.5"                  # for one unit, at most six decimals
from = 2026-01-01T00:00:00Z      # optional: without it, since ever
"""

import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from apportion.core.faults import BadInput, Fault
from apportion.core.ids import ResourceCode, is_id
from apportion.core.rates import Rate, RateCard
from apportion.core.units import DisplayUnit, NotAQuantity, parse_credits

SCHEMA = "apportion.rates/1"
KNOWN_KEYS = frozenset({"schema", "rates"})
KNOWN_RATE_KEYS = frozenset({"resource", "unit", "credits", "from"})
SINCE_EVER = datetime(1970, 1, 1, tzinfo=UTC)


class _Faults(list[Fault]):
    """Collects the faults of one file."""

    def __init__(self, file: str) -> None:
        super().__init__()
        self.file = file

    def note(self, field: str, value: object, what: str, remedy: str) -> None:
        text = None if value is None else str(value)
        self.append(Fault(file=self.file, field=field, value=text, what=what, remedy=remedy))


def read_rate_card(text: str, *, file: str) -> RateCard:
    """Reads the text of a rates.toml.

    Raises: BadInput, with every fault found.
    """
    faults = _Faults(file)
    try:
        table = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadInput(
            [Fault(file=file, what=f"not TOML: {error}", remedy="Correct it there")]
        ) from None
    if table.get("schema") != SCHEMA:
        faults.note("schema", table.get("schema"), "not a rate card", f'Write schema = "{SCHEMA}"')
    _unknown(table, KNOWN_KEYS, "", faults)
    entries = table.get("rates", [])
    if not isinstance(entries, list):
        faults.note("rates", entries, "not a list of tables", "Write [[rates]] before each rate")
        entries = []
    rates = [_read_rate(entry, f"rates[{at}]", faults) for at, entry in enumerate(entries, 1)]
    found = [rate for rate in rates if rate is not None]
    _doubled(found, faults)
    if faults:
        raise BadInput(faults)
    return RateCard(tuple(found))


def _read_rate(entry: Any, path: str, faults: _Faults) -> Rate | None:
    if not isinstance(entry, Mapping):
        faults.note(path, entry, "not a table", "Write [[rates]] before each rate")
        return None
    _unknown(entry, KNOWN_RATE_KEYS, f"{path}.", faults)
    before = len(faults)
    resource = entry.get("resource")
    if not isinstance(resource, str) or not is_id(resource):
        faults.note(f"{path}.resource", resource, "not a resource", "Write one such as gpu:h100")
    unit = entry.get("unit", "hour")
    if not isinstance(unit, str) or unit not in set(DisplayUnit):
        faults.note(f"{path}.unit", unit, "not a unit", "Write hour, week or item")
    microcredits = _read_credits(entry.get("credits"), path, faults)
    starts_at = _read_start(entry.get("from"), path, faults)
    if len(faults) > before:
        return None
    return Rate(
        resource=ResourceCode(str(resource)),
        unit=DisplayUnit(unit),
        microcredits_per_unit=microcredits,
        starts_at=starts_at,
    )


def _read_credits(value: Any, path: str, faults: _Faults) -> int:
    field = f"{path}.credits"
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        faults.note(field, value, "not an amount of credits", 'Write one such as "2.5"')
        return 0
    try:
        return parse_credits(str(value))
    except NotAQuantity as error:
        faults.note(field, value, error.what, error.remedy)
        return 0


def _read_start(value: Any, path: str, faults: _Faults) -> datetime:
    if value is None:
        return SINCE_EVER
    at = value
    if isinstance(value, str):
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            at = None
    if isinstance(at, datetime) and at.tzinfo is not None:
        return at.astimezone(UTC)
    if isinstance(at, date) and not isinstance(at, datetime):
        return datetime(at.year, at.month, at.day, tzinfo=UTC)
    remedy = "Write one such as 2026-01-01T00:00:00Z"
    faults.note(f"{path}.from", value, "not an instant with an offset", remedy)
    return SINCE_EVER


def _unknown(table: Mapping[str, Any], known: frozenset[str], prefix: str, faults: _Faults) -> None:
    for key in sorted(set(table) - known):
        remedy = f"Use only {', '.join(sorted(known))}"
        faults.note(f"{prefix}{key}", None, "unknown key", remedy)


def _doubled(rates: list[Rate], faults: _Faults) -> None:
    seen: set[tuple[str, datetime]] = set()
    for rate in rates:
        key = (rate.resource, rate.starts_at)
        if key in seen:
            what = f"two rates from {rate.starts_at.isoformat()}"
            faults.note(rate.resource, None, what, "Keep one of them")
        seen.add(key)
