"""Letting what was granted be used until a later day."""

from datetime import datetime

from apportion.apps.grant.models import Grant


def extend_grants(*, project: str, resource: str, round_slug: str, until: datetime) -> int:
    """Moves the end of a project's grants of one round; gives how many. None moves back."""
    rows = Grant.objects.filter(
        project__slug=project,
        resource__code=resource,
        decision__request__round__slug=round_slug,
        ends_at__lt=until,
    )
    return rows.update(ends_at=until)
