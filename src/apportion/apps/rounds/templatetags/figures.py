"""Filters with which templates write figures; all of them stand on rounds.wording."""

from datetime import datetime
from fractions import Fraction

from django import template

from apportion.adapters.svg.marks import hue_class
from apportion.apps.rounds import wording

register = template.Library()


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
    """Names the unit of a resource."""
    return wording.unit_label(resource, unit)


@register.filter
def resource_name(resource: str) -> str:
    """Names a resource as people do."""
    return wording.resource_label(resource)


@register.filter
def points(score: Fraction | None) -> str:
    """Writes a score with one decimal, or that there is none."""
    return "none" if score is None else f"{float(score):.1f}"


@register.filter
def day(at: datetime | None) -> str:
    """Writes a day as on a calendar."""
    return "" if at is None else wording.write_day(at)


@register.filter
def credit_words(microcredits: int) -> str:
    """Writes microcredits as whole credits."""
    return wording.write_credits(microcredits)


@register.filter
def grouped(number: int) -> str:
    """Writes a whole number with thousands."""
    return f"{number:,}"
