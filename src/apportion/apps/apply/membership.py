"""Who works on which project: leads first, then members, people who left apart."""

from collections.abc import Iterable

from apportion.apps.apply.models import Member, Project


def workers_of(slugs: Iterable[str] | None = None) -> dict[str, tuple[str, ...]]:
    """Maps projects, all by default, to the sign-in names of the active people who work on them."""
    rows, members = Project.objects.all(), Member.objects.filter(person__is_active=True)
    if slugs is not None:
        wanted = set(slugs)
        rows, members = rows.filter(slug__in=wanted), members.filter(project__slug__in=wanted)
    leads = rows.values_list("slug", "lead__username", "lead__is_active")
    found = {slug: [lead] if active else [] for slug, lead, active in leads.order_by("slug")}
    named = members.values_list("project__slug", "person__username")
    for slug, username in named.order_by("project__slug", "person__username"):
        if username not in found[slug]:
            found[slug].append(username)
    return {slug: tuple(names) for slug, names in found.items()}
