from typing import cast
from urllib.parse import quote

from ...client import AuthenticatedClient, Client
from ...models.difference_row import DifferenceRow
from ...models.reconcile import Reconcile
from ...types import UNSET, Unset


def sync(
    cluster: str,
    *,
    client: AuthenticatedClient | Client,
    body: Reconcile | Unset = UNSET,
) -> list[DifferenceRow]:
    """Compares what was posted with the scheduler's own totals, by UTC day and account."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/clusters/{cluster}/reconcile".format(
            cluster=quote(str(cluster), safe=""),
        ),
        json=None if isinstance(body, Unset) else body,
    )
    return cast(list[DifferenceRow], response.json())
