"""FOCUS 1.2 rows to segments: what was consumed in each charge period, as units over time.

Source: FinOps Open Cost and Usage Specification 1.2, columns ChargeCategory, ChargeClass,
ChargePeriodStart, ChargePeriodEnd, ConsumedQuantity, ConsumedUnit, SkuPriceDetails, SubAccountId.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC
from fractions import Fraction

from apportion.adapters.traces.parse import Row, read_rows
from apportion.core.ids import is_id
from apportion.core.meter.segments import Outcome, Segment, Skip, implausible
from apportion.core.meter.stamps import read_instant
from apportion.core.units import NotAQuantity, parse_decimal

COLUMNS = (
    "chargecategory",
    "chargeperiodstart",
    "chargeperiodend",
    "consumedquantity",
    "consumedunit",
)
# What makes a row itself and not another: everything but amounts, prices and words to read.
IDENTITY = (
    "billingaccountid",
    "subaccountid",
    "resourceid",
    "skuid",
    "skupriceid",
    "servicename",
    "regionid",
    "availabilityzone",
    "chargecategory",
    "chargeclass",
    "chargeperiodstart",
    "chargeperiodend",
    "consumedunit",
    "commitmentdiscountid",
    "pricingcategory",
    "tags",
)
SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}
KINDS = {"gpu": "gpu", "vcpu": "cpu", "cpu": "cpu", "core": "cpu"}
PROJECT_TAG = "project"


def parse_focus(chunks: Iterable[bytes], *, file: str) -> Iterator[Outcome]:
    """Reads usage of GPUs and processors; other units and charges are passed over.

    The unit says what was used: `GPU-Hours`, `vCPU-Hours`, or `Hours` of what SkuPriceDetails
    counts (GpuCount, CoreCount); its GpuType, else x_GpuType, is the device class. The project
    is the tag `project`, else SubAccountId, else SubAccountName. An amount of unit-seconds that
    is not the same all through the period is as many whole units as go into it, and one unit for
    the seconds that are left: the sum is exact.
    """
    for row in read_rows(chunks, file=file, columns=COLUMNS):
        yield _read_row(row) if isinstance(row, Row) else row


class _Wrong(Exception):
    def __init__(self, field: str, what: str) -> None:
        self.field = field
        self.what = what


def _read_row(row: Row) -> Outcome:
    try:
        return _read_usage(row)
    except _Wrong as wrong:
        return row.fault(wrong.field, wrong.what)


def _read_usage(row: Row) -> Outcome:
    cells = row.cells
    if cells["chargecategory"].strip().lower() != "usage":
        return Skip.OTHER
    details = _details(cells, "skupricedetails")
    per_unit = _units(cells, details)
    if per_unit is None:
        return Skip.OTHER
    start, end = _instant(cells, "chargeperiodstart"), _instant(cells, "chargeperiodend")
    if end <= start:
        raise _Wrong("chargeperiodend", "ends before it starts")
    quantity = _quantity(cells)
    if cells.get("chargeclass", "").strip().lower() == "correction":
        raise _Wrong("chargeclass", "a correction of an earlier row; refund or charge it by hand")
    if quantity == 0:
        return Skip.NEVER_RAN
    found: list[Segment] = []
    for resource, (seconds, count) in per_unit.items():
        amount = quantity * seconds * count
        if amount.denominator != 1:
            raise _Wrong("consumedquantity", f"not a whole number of {resource} seconds")
        found += _segments(row, resource, int(amount), (start, end))
    return tuple(found)


def _units(
    cells: Mapping[str, str], details: Mapping[str, object]
) -> dict[str, tuple[int, int]] | None:
    """Finds per metered resource the seconds in one unit, and how many of it one unit is."""
    words = cells["consumedunit"].strip().lower().replace("_", "-").replace(" ", "-").split("-")
    seconds = SECONDS.get(words[-1]) or SECONDS.get(f"{words[-1]}s")
    if seconds is None or len(words) > 2:
        return None
    device = str(details.get("gputype") or cells.get("x_gputype") or "").strip().lower()
    gpu = f"gpu:{device}" if device else "gpu"
    if not is_id(gpu):
        raise _Wrong("skupricedetails", "GpuType is not the name of a device class")
    if len(words) == 2:
        kind = KINDS.get(words[0])
        return None if kind is None else {gpu if kind == "gpu" else kind: (seconds, 1)}
    counts = {gpu: _count(details, "gpucount"), "cpu": _count(details, "corecount")}
    return {name: (seconds, count) for name, count in counts.items() if count} or None


def _segments(row: Row, resource: str, amount: int, period: tuple[int, int]) -> Iterator[Segment]:
    """Spreads unit-seconds over a period: whole units all through, one unit for the rest."""
    start, end = period
    size, rest = divmod(amount, end - start)
    if wrong := implausible(size=size + bool(rest), seconds=end - start):
        raise _Wrong("consumedquantity", wrong)
    cells = row.cells
    identity = json.dumps([cells.get(name, "").strip() for name in IDENTITY])
    digest = hashlib.sha256(identity.encode()).hexdigest()[:32]
    tags = _details(cells, "tags")
    account = cells.get("subaccountid", "").strip() or cells.get("subaccountname", "").strip()
    second = "/rest" if size else ""
    for part, units, seconds in (("", size, end - start), (second, 1, rest)):
        if units and seconds:
            yield Segment(
                run=f"focus/{digest}{part}",
                project=str(tags.get(PROJECT_TAG) or account),
                user="",
                resource=resource,
                submitted_at=start,
                started_at=start,
                ended_at=start + seconds,
                size=units,
                name=cells.get("resourcename", "").strip(),
                queue=cells.get("regionid", "").strip(),
                qos=cells.get("pricingcategory", "").strip(),
                job=cells.get("resourceid", "").strip(),
                file=row.file,
                line=row.line,
            )


def _details(cells: Mapping[str, str], column: str) -> dict[str, object]:
    """Reads a column of key and value pairs as JSON; keys in small letters."""
    text = cells.get(column, "").strip()
    if not text or text.lower() == "null":
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise _Wrong(column, "not JSON") from None
    if not isinstance(found, dict):
        raise _Wrong(column, "not pairs of keys and values")
    return {str(key).lower(): value for key, value in found.items()}


def _count(details: Mapping[str, object], key: str) -> int:
    value = details.get(key, 0)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 9:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise _Wrong("skupricedetails", f"{key} is not a whole number")


def _instant(cells: Mapping[str, str], name: str) -> int:
    try:
        at = read_instant(cells[name], UTC)
    except ValueError as error:
        raise _Wrong(name, str(error)) from None
    if at is None:
        raise _Wrong(name, "empty")
    return at


def _quantity(cells: Mapping[str, str]) -> Fraction:
    text = cells["consumedquantity"].strip()
    if text.startswith("-"):
        raise _Wrong("consumedquantity", "negative; refund it by hand")
    try:
        return Fraction(parse_decimal(text))
    except NotAQuantity as error:
        raise _Wrong("consumedquantity", error.what) from None
