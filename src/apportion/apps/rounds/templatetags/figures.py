"""Filters with which templates write figures; all of them stand on rounds.wording."""

import re
from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction

from django import template
from django.utils.html import format_html

from apportion.adapters.svg.marks import hue_class
from apportion.apps.rounds import wording

register = template.Library()
OF_A_LOAN = re.compile(r"(loan:|payback:|premium on )([^:]+)")
LOAN_WORDS = {"loan:": "Loan", "payback:": "Payback of", "premium on ": "Premium on"}


@register.filter
def amount(base_units: int | None, unit: str) -> str:
    """Writes an amount in display units; nothing where there is none."""
    return "" if base_units is None else wording.write_amount(base_units, unit)


@register.filter
def exactly(base_units: int | None, unit: str) -> str:
    """Writes an amount to the hundredth."""
    return "" if base_units is None else wording.write_exactly(base_units, unit)


@register.filter
def compact(base_units: int, unit: str) -> str:
    """Writes an amount in a few signs."""
    return wording.write_compact(base_units, unit)


@register.filter
def hue(position: int) -> str:
    """Names the colour of an area."""
    return hue_class(position)


@register.filter
def unit_of(resource: str, unit: str) -> str:
    """Names the unit of a resource, in one piece."""
    return format_html('<span class="nb">{}</span>', wording.unit_label(resource, unit))


@register.filter
def resource_name(resource: str) -> str:
    """Names a resource as people do."""
    return wording.resource_label(resource)


@register.filter
def points(score: Fraction | None) -> str:
    """Writes a score with one decimal, or that there is none."""
    return "none" if score is None else f"{float(score):.1f}"


@register.filter
def hundredths(score: int | None) -> str:
    """Writes hundredths of a point as points; nothing where there is none."""
    return "" if score is None else f"{score / 100:g}"


@register.filter
def day(at: datetime | None) -> str:
    """Writes a day as on a calendar."""
    return "" if at is None else wording.write_day(at)


@register.filter
def dated(at: datetime | None) -> str:
    """Writes a day with its year, for lists that run over years."""
    return "" if at is None else f"{wording.write_day(at)} {at.year}"


@register.filter
def until(started: datetime | None, ended: datetime | None) -> str:
    """Writes how long something ran; nothing where it does not say."""
    return "" if started is None or ended is None else wording.write_spell(ended - started)


@register.filter
def credit_words(microcredits: int) -> str:
    """Writes microcredits as whole credits."""
    return wording.write_credits(microcredits)


@register.filter
def under(known: Mapping[str, object], key: str) -> object:
    """Looks something up by a name that the page only knows as a variable; nothing where it is not."""
    return known.get(key, "")


@register.filter
def state_words(state: str) -> str:
    """Writes a scheduler's state as words: NODE_FAIL as Node fail."""
    return state.replace("_", " ").capitalize()


@register.filter
def share(value: float | None) -> str:
    """Writes a share in hundredths; nothing where there is none."""
    return "" if value is None else f"{value:.0%}"


@register.filter
def grouped(number: int) -> str:
    """Writes a whole number with thousands."""
    return f"{number:,}"


@register.filter
def entry_words(entry: object) -> str:
    """Says what a line of a statement is for: grant:r1:r1-3:gpu:h100 is the grant of r1-3."""
    source = str(getattr(entry, "source", ""))
    parts = source.split(":")
    if parts[0] == "grant" and len(parts) > 2:
        return f"Grant, request {parts[2]}"
    if parts[0] == "pilot" and len(parts) > 2:
        return f"Pilot of {parts[2]}"
    if owed := OF_A_LOAN.match(source):
        return f"{LOAN_WORDS[owed[1]]} {owed[2]}"
    code = str(getattr(entry, "code", ""))
    return f"{code.capitalize()}, {source}" if source else code.capitalize()
