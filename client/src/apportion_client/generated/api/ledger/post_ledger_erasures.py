from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.which import Which


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: Which,
) -> Done:
    """Erases the words of a transfer; every proof of it still holds."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/ledger/erasures",
        json=body,
    )
    return cast(Done, response.json())
