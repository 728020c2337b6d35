"""Reads from a public record what each area got in each month, and checks that it adds up."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from apportion.core.verify.facts import ensure

MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
AMOUNTS = ("delivered", "awarded", "charged")
GAPS = ("unmetered_days", "suspense", "suspense_charged", "busiest", "busiest_charged")

Place = tuple[str, str]  # month and resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What a record says was used. Units: base units, and microcredits where charged."""

    until: date
    parents: Mapping[str, str | None]  # of each area
    use: Mapping[tuple[str, str, str], Mapping[str, int]]  # by month, resource and area
    metering: Mapping[Place, Mapping[str, int]]


def read_use(document: Mapping[str, Any]) -> Books:
    """Reads use and metering; a row that is there twice, or of an area unknown, is a fault.

    Raises: Untrue.
    """
    parents = {area["id"]: area["parent"] for area in document["areas"]}
    use: dict[tuple[str, str, str], dict[str, int]] = {}
    for row in document["use"]:
        place = _month(row), str(row["resource"]), str(row["area"])
        ensure(place[2] in parents, f"{place[0]}: no area {place[2]!r} is listed")
        ensure(place not in use, f"{place[0]}: {place[2]} is told twice of {place[1]}")
        use[place] = {name: _count(row, name) for name in AMOUNTS}
    metering: dict[Place, dict[str, int]] = {}
    for row in document["metering"]:
        at = _month(row), str(row["resource"])
        ensure(at not in metering, f"{at[0]}: the metering of {at[1]} is told twice")
        metering[at] = {name: _count(row, name) for name in GAPS}
    _count(document, "rejected_rows")
    until = date.fromisoformat(document["until"])
    return Books(until=until, parents=parents, use=use, metering=metering)


def check_use(document: Mapping[str, Any]) -> int:
    """Checks that months add up to the periods shown, and everything to what the books hold.

    Gives the number of rows. Raises: Untrue.
    """
    books = read_use(document)
    for period in document["gpu_seconds"]:
        for area, seconds in period["used"].items():
            found = sum(
                amounts["delivered"]
                for (month, resource, name), amounts in books.use.items()
                if name == area and _is_in(month, period["period"]) and _is_gpu(resource)
            )
            told = f"{period['period']}: the months of {area} come to {found}, not {seconds}"
            ensure(found == seconds, told)
    for resource, booked in document["books"].items():
        metered = sum(
            amounts["delivered"] for (_, name, _), amounts in books.use.items() if name == resource
        ) + sum(gaps["suspense"] for (_, name), gaps in books.metering.items() if name == resource)
        told = f"the books hold {booked} of {resource} as used, the metering {metered}"
        ensure(booked == metered, told)
    return len(books.use)


def _month(row: Mapping[str, Any]) -> str:
    month = row["month"]
    ensure(isinstance(month, str) and bool(MONTH.fullmatch(month)), f"{month!r} is no month")
    return str(month)


def _count(row: Mapping[str, Any], name: str) -> int:
    value = row[name]
    whole = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    ensure(whole, f"{name} is no count")
    return int(value)


def _is_gpu(resource: str) -> bool:
    return resource.partition(":")[0] == "gpu"


def _is_in(month: str, period: str) -> bool:
    year, number = month.split("-")
    quarter = f"Q{(int(number) + 2) // 3} {year}"
    return period in {quarter, f"{NAMES[int(number) - 1]} {year}"}
