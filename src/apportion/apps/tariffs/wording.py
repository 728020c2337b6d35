"""What the page of prices says."""

from collections.abc import Mapping
from datetime import date, datetime

from apportion.core.meter.ratecard import DAYS
from apportion.core.meter.tariff import EVERY_DAY, QueueClass, Tariff
from apportion.core.units import format_credits

PERCENT = 100


def title_of(tariff: Tariff | None, since: date | None) -> str:
    """Answers whether use has a price of its own."""
    if tariff is None:
        return "Use costs what the rounds say"
    if tariff.classes:
        return f"What an hour costs depends on when and where it runs, since {since}"
    return f"What an hour costs is the same at any time, since {since}"


def price_rows(tariff: Tariff, now: datetime) -> list[Mapping[str, object]]:
    """Lists the prices that hold now, those of classes in the order in which they are tried."""
    classes = {one.name: one for one in tariff.classes}
    cards = [*((name, tariff.class_cards[name]) for name in classes), ("", tariff.card)]
    found: list[Mapping[str, object]] = []
    for name, card in cards:
        for resource in sorted({rate.resource for rate in card.rates}):
            rate = card.at(resource, now)
            if rate is not None:
                found.append(
                    {
                        "resource": resource,
                        "name": name or "all other use",
                        "when": when_of(classes[name], str(tariff.zone)) if name else "always",
                        "credits": format_credits(rate.microcredits_per_unit),
                        "unit": rate.unit.value,
                    }
                )
    return found


def when_of(one: QueueClass, zone: str) -> str:
    """Says which jobs a class takes, and when."""
    parts = []
    if one.qos:
        parts.append(f"quality of service {', '.join(sorted(one.qos))}")
    if one.queues:
        parts.append(f"partition {', '.join(sorted(one.queues))}")
    if one.hours is not None:
        low, high = (f"{at // 60:02}:{at % 60:02}" for at in one.hours)
        parts.append(f"{low} to {high} {zone}")
    if one.days != EVERY_DAY:
        parts.append("on " + ", ".join(DAYS[day].title() for day in sorted(one.days)))
    return "; ".join(parts)


def refund_rows(tariff: Tariff) -> list[tuple[str, str]]:
    """Lists what is given back, by how a job ended."""
    return [
        (state, f"{format_credits(share * PERCENT)} %")
        for state, share in sorted(tariff.refunds.items())
    ]
