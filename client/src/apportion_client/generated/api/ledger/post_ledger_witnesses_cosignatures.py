from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.signatures import Signatures


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: Signatures,
) -> Done:
    """Checks and keeps a witness's cosignature."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/ledger/witnesses/cosignatures",
        json=body,
    )
    return cast(Done, response.json())
