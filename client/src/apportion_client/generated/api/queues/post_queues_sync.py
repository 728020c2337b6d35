from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.done import Done


def sync(
    *,
    client: AuthenticatedClient | Client,
) -> Done:
    """Books what Workloads held of their quota; again changes nothing."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/queues/sync",
    )
    return cast(Done, response.json())
