from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.closeness import Closeness
from ...models.done import Done


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: Closeness,
) -> Done:
    """Declares what ties one to somebody: neither then judges what the other asks for."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/ties/declarations",
        json=body,
    )
    return cast(Done, response.json())
