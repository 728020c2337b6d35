from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.done import Done


def sync(
    *,
    client: AuthenticatedClient | Client,
) -> Done:
    """Signs the journal as it stands."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/ledger/checkpoints",
    )
    return cast(Done, response.json())
