"""Reads of grants and of what pools have left."""

from datetime import datetime

from django.db.models import Sum

from apportion.apps.grant.models import Grant
from apportion.apps.ledger.queries import balances
from apportion.core.ids import ResourceCode
from apportion.core.ledger import Key, Kind


def grants_of(project_slug: str) -> list[Grant]:
    """Lists a project's grants, the newest first."""
    rows = Grant.objects.filter(project__slug=project_slug)
    return list(rows.select_related("resource", "decision__request__round"))


def list_grants(round_slug: str) -> list[Grant]:
    """Lists the grants of a round."""
    rows = Grant.objects.filter(decision__request__round__slug=round_slug)
    return list(rows.select_related("resource", "project", "decision__request"))


def pool_left(round_slug: str) -> dict[ResourceCode, int]:
    """Reads what a round's pool still holds. Units: base units."""
    left = balances(kind=Kind.POOL, owner=round_slug)
    return {ResourceCode(key.unit): balance for key, balance in left.items()}


def granted_beyond(at: datetime) -> dict[Key, int]:
    """Sums what projects were granted before an instant and may use after it. Units: base units."""
    rows = Grant.objects.filter(starts_at__lt=at, ends_at__gt=at).order_by()
    sums = rows.values_list("project__slug", "resource__code").annotate(Sum("amount"))
    return {Key(Kind.PROJECT, slug, code): int(total) for slug, code, total in sums}
