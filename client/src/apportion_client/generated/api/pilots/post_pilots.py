from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.pilot import Pilot


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: Pilot,
) -> Done:
    """Approves a pilot at once; credits come out of the round's reserve."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/pilots",
        json=body,
    )
    return cast(Done, response.json())
