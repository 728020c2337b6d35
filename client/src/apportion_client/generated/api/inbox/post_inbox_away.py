from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.away import Away
from ...models.done import Done


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: Away,
) -> Done:
    """Puts away what was read."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/inbox/away",
        json=body,
    )
    return cast(Done, response.json())
