from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.group import Group


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: Group,
) -> Done:
    """Says which role a group of the directory stands for."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/groups",
        json=body,
    )
    return cast(Done, response.json())
