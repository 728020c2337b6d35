from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.draft import Draft


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: Draft,
) -> Done:
    """Keeps the terms of a directive.toml; nothing is lent yet."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/directives",
        json=body,
    )
    return cast(Done, response.json())
