"""Reads of grants and of what pools have left."""

from datetime import datetime

from django.db.models import Sum

from apportion.apps.evidence.queries import Experiment
from apportion.apps.grant.models import Grant, PilotGrant, Tranche
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


def tranches_of(row: Experiment) -> list[Tranche]:
    """Lists the parts of a staged award, in the order in which they are released."""
    return list(Tranche.objects.filter(experiment=row).select_related("resource"))


def pilots_paid(round_slug: str) -> dict[str, int]:
    """Sums what a round paid for pilots, by resource. Units: base units."""
    rows = PilotGrant.objects.filter(round__slug=round_slug).order_by()
    return {
        code: int(total)
        for code, total in rows.values_list("resource__code").annotate(Sum("amount"))
    }


def granted_by_area(round_slug: str, resource: str) -> dict[str, int]:
    """Sums what a round granted of one resource, by area. Units: base units."""
    rows = Grant.objects.filter(
        decision__request__round__slug=round_slug, resource__code=resource
    ).order_by()
    sums = rows.values_list("project__area__slug").annotate(Sum("amount"))
    return {slug: int(total) for slug, total in sums}
