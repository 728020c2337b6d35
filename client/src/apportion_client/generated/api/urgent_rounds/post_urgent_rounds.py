from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.urgent import Urgent


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: Urgent,
) -> Done:
    """Opens a round of one request that cannot wait."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/urgent-rounds",
        json=body,
    )
    return cast(Done, response.json())
