from typing import cast

from ...client import AuthenticatedClient, Client
from ...models.done import Done
from ...models.new_project import NewProject


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: NewProject,
) -> Done:
    """Starts a project; requests, grants and charges belong to it."""

    response = client.get_httpx_client().request(
        "POST",
        "/api/v1/projects",
        json=body,
    )
    return cast(Done, response.json())
