from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.attribution import Attribution
from ...models.done import Done


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: Attribution,
) -> Done:
    """Gives an account's usage to a project: what stands in suspense and all to come."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/usage/attributions",
        json=body,
    )
    return cast(Done, response.json())
