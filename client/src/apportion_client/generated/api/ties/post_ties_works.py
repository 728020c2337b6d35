from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.work import Work


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: Work,
) -> Done:
    """Records that two people wrote something together."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/ties/works",
        json=body,
    )
    return cast(Done, response.json())
