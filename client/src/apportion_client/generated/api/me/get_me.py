from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.me import Me


def sync(
    *,
    client: AuthenticatedClient | Client,
) -> Me:
    """Says who calls, and with which roles and scopes."""

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/me",
    )
    return cast(Me, response.json())
