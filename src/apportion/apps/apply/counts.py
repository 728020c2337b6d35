"""How many requests there are, for whoever watches the office."""

from django.db.models import Count

from apportion.apps.apply.models import Request


def count_by_state() -> dict[tuple[str, str], int]:
    """Counts requests by round and state."""
    rows = Request.objects.order_by().values_list("round__slug", "state").annotate(Count("id"))
    return {(slug, state): count for slug, state, count in rows}
