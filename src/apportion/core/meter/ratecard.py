"""rates.toml: the tariff as a file, with every fault of it at once.

schema = "apportion.rates/1"
zone = "Europe/Berlin"           # of the hours and days below; UTC without it
[[classes]]                      # optional: kinds of use with prices of their own, first match wins
name = "preemptible"
qos = ["scavenger"]              # jobs of any of these; also partitions = [...]
[[classes]]
name = "night"
hours = "20:00-06:00"            # quarters of an hour; over midnight it belongs to the first day
days = ["mon", "tue", "wed", "thu", "fri"]
[[rates]]
resource = "gpu:h100"            # a kind, or a kind and its device class
unit = "hour"                    # hour (default), week or item
credits = "2.5"                  # for one unit, at most six decimals
from = 2026-01-01T00:00:00Z      # optional: without it, since ever
class = "night"                  # optional: without it, for all other use
[refunds]                        # optional: the part of a charge given back, by how a job ended
NODE_FAIL = 1
PREEMPTED = "0.5"
"""

import re
import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from apportion.core.faults import BadInput, Fault
from apportion.core.ids import ResourceCode, is_id
from apportion.core.meter.tariff import EVERY_DAY, WHOLE, FindZone, QueueClass, Tariff
from apportion.core.rates import Rate, RateCard
from apportion.core.units import DisplayUnit, NotAQuantity, parse_credits

SCHEMA = "apportion.rates/1"
KNOWN_KEYS = frozenset({"schema", "zone", "classes", "rates", "refunds"})
KNOWN_RATE_KEYS = frozenset({"resource", "unit", "credits", "from", "class"})
KNOWN_CLASS_KEYS = frozenset({"name", "qos", "partitions", "hours", "days"})
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOURS = re.compile(r"([01]\d|2[0-4]):(00|15|30|45)-([01]\d|2[0-4]):(00|15|30|45)", re.ASCII)
REFUNDABLE = frozenset(
    {"NODE_FAIL", "BOOT_FAIL", "PREEMPTED", "REVOKED", "FAILED", "CANCELLED", "TIMEOUT"}
    | {"DEADLINE", "OUT_OF_MEMORY", "COMPLETED", "REQUEUED"}
)
MOST_CLASSES = 30
SINCE_EVER = datetime(1970, 1, 1, tzinfo=UTC)


class _Faults(list[Fault]):
    """Collects the faults of one file."""

    def __init__(self, file: str) -> None:
        super().__init__()
        self.file = file

    def note(self, field: str, value: object, what: str, remedy: str) -> None:
        text = None if value is None else str(value)
        self.append(Fault(file=self.file, field=field, value=text, what=what, remedy=remedy))


def read_tariff(text: str, *, file: str, find_zone: FindZone) -> Tariff:
    """Reads the text of a rates.toml; `find_zone` finds a time zone by its name.

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
    zone = _read_zone(table.get("zone"), find_zone, faults)
    classes = _read_classes(_tables(table, "classes", faults), faults)
    names = {one.name for one in classes}
    entries = _tables(table, "rates", faults)
    read = [_read_rate(entry, f"rates[{at}]", names, faults) for at, entry in enumerate(entries, 1)]
    found = [rate for rate in read if rate is not None]
    _doubled(found, faults)
    refunds = _read_refunds(table.get("refunds", {}), faults)
    if faults:
        raise BadInput(faults)
    cards = {
        name: RateCard(tuple(rate for of, rate in found if of == name)) for name in ("", *names)
    }
    return Tariff(
        card=cards.pop(""), classes=classes, class_cards=cards, refunds=refunds, zone=zone
    )


def _tables(table: Mapping[str, Any], key: str, faults: _Faults) -> list[Any]:
    entries = table.get(key, [])
    if not isinstance(entries, list):
        faults.note(key, entries, "not a list of tables", f"Write [[{key}]] before each")
        return []
    return entries


def _read_zone(value: Any, find_zone: FindZone, faults: _Faults) -> tzinfo:
    if value is None:
        return UTC
    try:
        return find_zone(str(value))
    except (KeyError, ValueError, OSError):
        faults.note("zone", value, "no such zone", "Write one such as Europe/Berlin or UTC")
        return UTC


def _read_classes(entries: list[Any], faults: _Faults) -> tuple[QueueClass, ...]:
    if len(entries) > MOST_CLASSES:
        faults.note("classes", len(entries), "too many classes", f"Write at most {MOST_CLASSES}")
    found = [_read_class(entry, f"classes[{at}]", faults) for at, entry in enumerate(entries, 1)]
    classes = [one for one in found if one is not None]
    names = [one.name for one in classes]
    for name in sorted({name for name in names if names.count(name) > 1}):
        faults.note("classes", name, "two classes of one name", "Name each differently")
    return tuple(classes)


def _read_class(entry: Any, path: str, faults: _Faults) -> QueueClass | None:
    if not isinstance(entry, Mapping):
        faults.note(path, entry, "not a table", "Write [[classes]] before each class")
        return None
    _unknown(entry, KNOWN_CLASS_KEYS, f"{path}.", faults)
    before = len(faults)
    name = entry.get("name")
    if not isinstance(name, str) or not is_id(name):
        faults.note(f"{path}.name", name, "not a name", "Write one such as night")
    qos, queues = (_names(entry, key, path, faults) for key in ("qos", "partitions"))
    hours = _read_hours(entry.get("hours"), path, faults)
    days = _names(entry, "days", path, faults)
    if odd := sorted(days - set(DAYS)):
        faults.note(f"{path}.days", odd[0], "not a day", f"Write {', '.join(DAYS)}")
    if not (set(entry) & {"qos", "partitions", "hours", "days"}):
        faults.note(path, name, "takes all use", "Write qos, partitions, hours or days")
    if len(faults) > before:
        return None
    numbers = frozenset(map(DAYS.index, days)) or EVERY_DAY
    return QueueClass(name=str(name), qos=qos, queues=queues, hours=hours, days=numbers)


def _names(entry: Mapping[str, Any], key: str, path: str, faults: _Faults) -> frozenset[str]:
    names = entry.get(key, [])
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        faults.note(f"{path}.{key}", names, "not a list of names", 'Write one such as ["night"]')
        return frozenset()
    if key in entry and not names:
        faults.note(f"{path}.{key}", names, "empty", "Name at least one, or leave it out")
    return frozenset(names)


def _read_hours(value: Any, path: str, faults: _Faults) -> tuple[int, int] | None:
    if value is None:
        return None
    match = HOURS.fullmatch(value) if isinstance(value, str) else None
    low, high = (0, 0)
    if match is not None:
        numbers = [int(part) for part in match.groups()]
        low, high = numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3]
    if low == high or low >= 24 * 60 or high > 24 * 60:
        remedy = "Write one such as 20:00-06:00, in quarters of an hour"
        faults.note(f"{path}.hours", value, "not hours of a day", remedy)
        return None
    return low, high


def _read_refunds(entries: Any, faults: _Faults) -> dict[str, int]:
    if not isinstance(entries, Mapping):
        faults.note("refunds", entries, "not a table", "Write [refunds] and STATE = share")
        return {}
    found: dict[str, int] = {}
    for state, value in entries.items():
        if state not in REFUNDABLE:
            remedy = f"Use {', '.join(sorted(REFUNDABLE))}"
            faults.note(f"refunds.{state}", None, "not how a job ends", remedy)
            continue
        share = _read_credits(value, f"refunds.{state}", faults)  # a share has six decimals too
        if share > WHOLE:
            faults.note(f"refunds.{state}", value, "more than the charge", "Write 0 to 1")
        found[state] = share
    return found


def _read_rate(
    entry: Any, path: str, classes: set[str], faults: _Faults
) -> tuple[str, Rate] | None:
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
    microcredits = _read_credits(entry.get("credits"), f"{path}.credits", faults)
    starts_at = _read_start(entry.get("from"), path, faults)
    queue_class = entry.get("class", "")
    if queue_class != "" and queue_class not in classes:
        known = ", ".join(sorted(classes)) or "none is there: write [[classes]] first"
        faults.note(f"{path}.class", queue_class, "no such class", f"Use {known}")
    if len(faults) > before:
        return None
    rate = Rate(
        resource=ResourceCode(str(resource)),
        unit=DisplayUnit(unit),
        microcredits_per_unit=microcredits,
        starts_at=starts_at,
    )
    return str(queue_class), rate


def _read_credits(value: Any, field: str, faults: _Faults) -> int:
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


def _doubled(rates: list[tuple[str, Rate]], faults: _Faults) -> None:
    seen: set[tuple[str, str, datetime]] = set()
    for queue_class, rate in rates:
        key = (queue_class, rate.resource, rate.starts_at)
        if key in seen:
            what = f"two rates from {rate.starts_at.isoformat()}"
            faults.note(rate.resource, None, what, "Keep one of them")
        seen.add(key)
