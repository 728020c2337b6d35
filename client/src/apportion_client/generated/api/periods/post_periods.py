from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.new_period import NewPeriod


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: NewPeriod,
) -> Done:
    """Opens a period; it begins where the one before it ends."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/periods",
        json=body,
    )
    return cast(Done, response.json())
