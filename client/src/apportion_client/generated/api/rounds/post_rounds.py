from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.new_round import NewRound


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: NewRound,
) -> Done:
    """Plans a round that opens by itself on its day; without a day, opens it now."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/rounds",
        json=body,
    )
    return cast(Done, response.json())
