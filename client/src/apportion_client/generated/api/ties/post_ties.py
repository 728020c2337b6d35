from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.ties import Ties


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: Ties,
) -> Done:
    """Takes over a whole list of ties, or none of it."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/ties",
        json=body,
    )
    return cast(Done, response.json())
