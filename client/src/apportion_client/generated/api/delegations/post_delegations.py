from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.lend import Lend


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: Lend,
) -> Done:
    """Lends one's roles to somebody until a day."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/delegations",
        json=body,
    )
    return cast(Done, response.json())
