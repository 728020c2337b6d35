"""Writes a person's name for those who may see it, and how far a reviewer is from the others."""

from django import template

from apportion.apps.people.queries import Person
from apportion.apps.review.queries import hides_any_applicants
from apportion.apps.rounds.wording import minus

register = template.Library()
HIDDEN = "hidden while reviews are blind"


@register.filter
def shown_to(person: Person, viewer: Person) -> str:
    """Gives the name, or that it is hidden: from a reviewer of a blind round, but never one's own."""
    if person.pk == viewer.pk or not hides_any_applicants(viewer):
        return str(person)
    return HIDDEN


@register.filter
def millionths(value: int) -> str:
    """Writes millionths of a point with a sign and one decimal."""
    return minus(f"{value / 1_000_000:+.1f}")
