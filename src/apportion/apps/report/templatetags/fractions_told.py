"""Filters with which pages write shares and chances."""

from fractions import Fraction

from django import template

register = template.Library()
PLAIN = 0.0001


@register.filter
def percent(share: Fraction | str | None) -> str:
    """Writes an exact share, such as 9/20, in per cent with a decimal where it has one."""
    return "" if share is None else f"{float(Fraction(share)):.1%}".replace(".0%", "%")


@register.filter
def chance(p: float | None) -> str:
    """Writes how likely something is by chance alone."""
    if p is None:
        return "not tested"
    return f"under {PLAIN}" if p < PLAIN else f"{p:.4f}"
