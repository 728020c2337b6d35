"""How directives are told: rows of the register, and a preview in sentences."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from apportion.apps.directive.queries import Account, Directive
from apportion.apps.directive.replay_telling import replay_lines
from apportion.apps.rounds.wording import count_of, unit_label, write_amount
from apportion.core.units import DisplayUnit, format_quantity

Units = Mapping[str, DisplayUnit]
Names = Mapping[str, str]  # what a slug is called


def register_rows(
    held: Iterable[tuple[Directive, Sequence[Account]]], units: Units
) -> list[dict[str, object]]:
    """Writes the register, a row for each resource of each directive, in display units."""
    rows: list[dict[str, object]] = []
    for one, accounts in held:
        plain: dict[str, object] = {
            "directive": one.ref,
            "state": one.state,
            "for": one.target,
            "from": one.starts_at,
            "until": one.ends_at,
            "payback_by": one.payback_by,
            "purpose": one.purpose,
        }
        empty = dict.fromkeys(("resource", "lent", "owed", "premium", "premium_paid"), "")
        amounts = [_amounts(account, units) for account in accounts] or [empty]
        rows.extend(plain | of_resource for of_resource in amounts)
    return rows


def tell_preview(document: Mapping[str, Any], units: Units) -> Iterable[str]:
    """Tells a preview line by line: what moves, who falls under a minimum, what breaks."""
    until, by = _instant(document["until"]), _instant(document["payback"]["by"])
    rate = document["payback"]["rate"]
    yield f"{document['ref']} lends to {document['for']} until {until}, by {document['mode']}."
    for area, amounts in document["moved"].items():
        for resource, lent in amounts.items():
            yield f"  {area} lends {amount_words(lent, resource, units)}"
    for area, seconds in document["staff"].items():
        yield f"  {area} lends {format_quantity(seconds, DisplayUnit.WEEK)} staff weeks"
    under = [one for one in document["losers"] if one["under_minimum"]]
    yield f"{count_of(len(under), 'project')} would fall under the smallest useful amount."
    for one in under:
        reach, least = (
            amount_words(one[key], one["resource"], units) for key in ("reach", "minimum")
        )
        sunk = amount_words(one["sunk"], one["resource"], units)
        yield f"  {one['project']} keeps {reach} of the {least} it needs; {sunk} are sunk in it"
    for one in document["floors"]:
        kept, floor = (amount_words(one[key], one["resource"], units) for key in ("kept", "floor"))
        yield f"  The floor of {one['area']} breaks: {kept} of {floor}"
    for one in document["shelved"]:
        yield f"  {one['project']} is shelved on {_instant(one['at'])}"
    yield f"Payback: {rate} times by {by}."
    yield from replay_lines(document)


def amount_words(base_units: int, resource: str, units: Units) -> str:
    """Writes an amount with its unit."""
    unit = units.get(resource, DisplayUnit.HOUR)
    return f"{write_amount(base_units, unit)} {unit_label(resource, unit)}"


def time_left(until: datetime, now: datetime) -> str:
    """Counts down: in days, in hours on the last."""
    hours = max(0, int((until - now).total_seconds()) // 3600)
    if hours >= 48:
        return f"{hours // 24} days left"
    return f"{count_of(hours, 'hour')} left" if hours else "less than an hour left"


def _amounts(account: Account, units: Units) -> dict[str, str]:
    unit = units.get(account.resource, DisplayUnit.HOUR)
    return {
        "resource": account.resource,
        "lent": format_quantity(account.lent, unit),
        "owed": format_quantity(account.owed, unit),
        "premium": format_quantity(account.premium, unit),
        "premium_paid": format_quantity(account.premium_paid, unit),
    }


def _instant(text: str) -> str:
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M}"
