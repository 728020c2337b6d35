from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.new_appeal import NewAppeal


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: NewAppeal,
) -> Done:
    """Appeals a decision, while its window is open."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/appeals",
        json=body,
    )
    return cast(Done, response.json())
